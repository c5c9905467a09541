# SPDX-License-Identifier: Apache-2.0
@test onehotbatch(["cat", "dog", "cat"], ["cat", "dog"]) == [1 0 1; 0 1 0]
@test onehotbatch([0, 9], 0:9)[[1, 10], :] == [1 0; 0 1]
@test onecold([0.1 0.9; 0.8 0.05; 0.1 0.05]) == [2, 1]
@test onecold(NDArray([0.1 0.9; 0.9 0.1]), ["cat", "dog"]) == ["dog", "cat"]
@test onecold([0.2, 0.8], 0:1) == 1
@test onecold(onehotbatch([3, 1], 1:3)) == [3, 1]
@test occursin("from 1", message_of(() -> onehotbatch([0, 1], 1:3), ArgumentError))
@test_throws DimensionMismatch onecold([0.1 0.9], ["a", "b"])
@test occursin("counted from 1", message_of(() -> NN.class_numbers([1, 0], 3), ArgumentError))
@test_throws ArgumentError NN.class_numbers([1, 4], 3)
@test_throws DimensionMismatch NN.class_numbers([1 0; 0 1], 3)
