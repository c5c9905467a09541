# SPDX-License-Identifier: Apache-2.0
# What nearly every session compiles first, kept with the package so that the first operator and the first gradient come
# sooner. Nothing here calls the engine.

for values in (NamedTuple{(),Tuple{}}, NamedTuple{(:scalar,),Tuple{Int64}}, NamedTuple{(:scalar,),Tuple{Float64}},
               NamedTuple{(:shape,),Tuple{Vector{Int64}}})
    precompile(make_attrs, (Ptr{Cvoid}, values))
end
for attrs in (Nothing, Handle{:attrs})
    precompile(invoke, (Ptr{Cvoid}, attrs, Tuple, Unset, Unset))
end
precompile(apply, (Definition, Tuple, Tuple, Unset, Unset, Unset))
precompile(invoke_operator, (String, Tuple, NamedTuple))
precompile(invoke_operator, (Operator, Tuple, NamedTuple))
precompile(elementwise, (Any, Tuple, Unset))
for recorder in (Nothing, Recorder)
    precompile(wrap, (Handle{:ndarray}, recorder))
end
for N in 0:4
    array = NDArray{Float32,N}
    precompile(promote_operands, (Function, array, array))
    precompile(promote_operands, (Function, Int64, array))
    precompile(promote_operands, (Function, array, Int64))
    precompile(binary, (NTuple{3,Operator}, array, array, Unset))
    precompile(binary, (NTuple{3,Operator}, Int64, array, Unset))
    precompile(binary, (NTuple{3,Operator}, array, Int64, Unset))
    precompile(array, (Handle{:ndarray}, Dims{N}, Recorder))
    precompile(array, (Handle{:ndarray}, Dims{N}, Nothing))
    precompile(gradients_of, (Recorder, NDArray{Float32,0}, Tuple{array}, Bool))
    precompile(sum, (array,))
end
for T in (Int64, Float64, Vector{Int64}, Bool, String)
    precompile(set_attribute, (Handle{:attrs}, String, T))
end
