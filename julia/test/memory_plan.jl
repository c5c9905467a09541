# SPDX-License-Identifier: Apache-2.0

@testset "memory plans" begin
    net = Variable(:x)
    for k in 1:6
        net = Ops.softmax(Ops.fully_connected(net; num_hidden=64, name="fc$k"))
    end
    values = reshape(collect(Float32, range(-1, 1; length=64 * 32)), 64, 32)
    weight = reshape(collect(Float32, range(-0.5, 0.5; length=64 * 64)), 64, 64)
    bound(; options...) = bind(net; x=(64, 32), options...)
    exe = bound()
    plan = Cermet.memory_plan(exe)
    @test 0.8 * Cermet.planned_bytes(exe).arena <= maximum(plan.live) <= Cermet.planned_bytes(exe).arena
    @test plan.arrays == Cermet.planned_bytes(exe).arrays
    @test all(value -> 1 <= first(value.steps) <= last(value.steps), plan.values)
    @test sum(last, Cermet.at_peak(plan)) == maximum(plan.live)
    @test occursin("peak: ", repr(MIME("text/plain"), plan))
    @test occursin("softmax", repr(MIME("text/plain"), plan))
    svg = repr(MIME("image/svg+xml"), plan)
    @test startswith(svg, "<svg") && endswith(svg, "</svg>") && occursin("<circle", svg) && occursin("dasharray", svg)

    function trained(; options...)
        exe = bound(; options...)
        for k in 1:6
            exe["fc$(k)_weight"] .= weight
        end
        forward!(exe; train=true, x=NDArray(values))
        backward!(exe)
        return sum(Cermet.planned_bytes(exe)), Cermet.memory_plan(exe), [Array(gradients(exe)["fc$(k)_weight"]) for k in 1:6]
    end
    whole, _, want = trained(; recompute=0)
    tight, plan, got = trained(; memory=whole - 16384)
    @test tight <= whole - 16384
    @test any(value -> value.pass === :recomputed, plan.values)
    @test got == want
    refused = try bound(; memory=1000) catch problem; problem end
    @test occursin("want at least", sprint(showerror, refused))
    @test_throws ArgumentError bound(; memory=-1)
    @test_throws ArgumentError bound(; recompute=-0.5)
end
