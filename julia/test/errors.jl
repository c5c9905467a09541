# SPDX-License-Identifier: Apache-2.0
a = NDArray(ones(Float32, 2, 3))
b = NDArray(ones(Float32, 4, 5))

# Shapes are told in Julia's order.
text = message_of(() -> Ops.add(a, b), DimensionMismatch)
@test occursin("(2, 3)", text) && occursin("(4, 5)", text)
@test occursin("add", text)

@test Cermet.fill_shapes("x: got {0}; want {1}", "", [(2, 3), (4,)]) == "x: got (2, 3); want (4,)"
@test Cermet.fill_shapes("{7} {a}", "as it is {7}", Tuple[]) == "as it is {7}"
@test Cermet.fill_shapes("{0} {7}", "", [(1,)]) == "(1,) {7}"

# One exception type for each status.
made(status) = Cermet.make_exception(status, "op", "argument", "node", "text")
@test made(Cermet.CERMET_INVALID_ARGUMENT) == ArgumentError("text")
@test made(Cermet.CERMET_DTYPE) == ArgumentError("text")
@test made(Cermet.CERMET_SHAPE) == DimensionMismatch("text")
@test made(Cermet.CERMET_OUT_OF_MEMORY) isa OutOfMemoryError
@test made(Cermet.CERMET_IO) isa Base.IOError
for (status, name) in (Cermet.CERMET_NOT_FOUND => :not_found, Cermet.CERMET_UNSUPPORTED => :unsupported,
                       Cermet.CERMET_LIMIT => :limit, Cermet.CERMET_CORRUPT => :corrupt, Cermet.CERMET_DEVICE => :device,
                       Cermet.CERMET_CANCELLED => :cancelled, Cermet.CERMET_TIMEOUT => :timeout,
                       Cermet.CERMET_PEER_LOST => :peer_lost, Cermet.CERMET_CLOSED => :closed,
                       Cermet.CERMET_INTERNAL => :internal)
    problem = made(status)
    @test problem isa CermetError
    @test (problem.status, problem.op, problem.argument, problem.node) == (name, "op", "argument", "node")
    @test sprint(showerror, problem) == "CermetError ($name): text"
end

# And the engine really raises them.
@test_throws DimensionMismatch Ops.dot(a, b)
@test_throws ArgumentError Ops.dropout(a; p=-1)
@test_throws ArgumentError Ops.fully_connected(a; num_hidden=:many)
@test_throws Base.IOError load("/nowhere/at/all.npz")
@test_throws CermetError Cermet.invoke_operator("no_such_operator", (a,))
@test_throws CermetError grad(a)
@test_throws DimensionMismatch NDArray{Float32}(undef, ntuple(_ -> 1, 40)...)
@test_throws ArgumentError NDArray{Float32}(undef, -1)
@test_throws ArgumentError NDArray(["text"])
@test_throws ArgumentError NDArray([1 + 2im])
@test_throws CermetError NDArray(ones(Float32, 2); on=gpu(99))

problem = try
    Cermet.invoke_operator("fully_conected", (a,))
catch caught
    caught
end
@test problem isa CermetError && problem.status == :not_found
@test occursin("fully_connected", problem.msg)

# After an error everything still works.
@test Array(a .+ 1) == fill(2.0f0, 2, 3)

# The error slot survives a collection between the failing call and its reading.
for _ in 1:20
    foreach(_ -> NDArray(ones(Float32, 4)), 1:50)
    @test_throws DimensionMismatch (GC.gc(false); Ops.add(a, b))
end
