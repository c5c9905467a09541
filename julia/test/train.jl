# SPDX-License-Identifier: Apache-2.0
points, labels = two_clouds(400)
test_points, test_labels = two_clouds(200; seed=2)
new_net() = (Cermet.seed!(11); Chain(Dense(2 => 8, relu), Dense(8 => 2)))
quiet(f) = with_logger(f, NullLogger())

# By hand, call by call.
by_hand = new_net()
optimizer = setup(SGD(0.1), by_hand)
for epoch in 1:3, (x, y) in DataLoader((points, labels); batchsize=20)
    update!(optimizer, by_hand, gradient(m -> logitcrossentropy(m(x), y), by_hand))
end
@test accuracy(by_hand, (test_points, test_labels)) > 0.95

# The same net by the trainer takes the same steps.
trained = new_net()
history = train!(trained, DataLoader((points, labels); batchsize=20); opt=SGD(0.1), epochs=3,
                 valid=(test_points, test_labels), progress=false)
@test accuracy(trained, (test_points, test_labels)) > 0.95
for (name, array) in parameters(trained)
    @test Array(array) ≈ Array(parameters(by_hand)[name]) rtol = 1e-3 atol = 1e-5
end
@test length(history) == 3 && history[:loss][end] < history[:loss][1] && history[:accuracy][end] > 0.95
@test history[:valid_accuracy][end] ≈ accuracy(trained, (test_points, test_labels))
@test_throws KeyError history[:speed]

# And by any function as the loss.
free = new_net()
history = train!(free, DataLoader((points, labels); batchsize=20); loss=(p, y) -> logitcrossentropy(p, y), opt=SGD(0.1),
                 epochs=3, valid=(test_points, test_labels), progress=false)
@test all(Array(array) ≈ Array(parameters(trained)[name]) for (name, array) in parameters(free))
@test names(history) == [:loss, :valid_loss, :seconds]

# Labels as columns, regression, convolution, batch normalisation.
columns = new_net()
train!(columns, DataLoader((points, onehotbatch(labels, 1:2)); batchsize=20); opt=SGD(0.1), epochs=3, progress=false)
@test all(Array(array) ≈ Array(parameters(trained)[name]) for (name, array) in parameters(columns))
for loss in (mse, mae)
    line = Chain(Dense(1 => 1))
    x = reshape(collect(Float32, -1:0.1:1), 1, :)
    found = train!(line, DataLoader((x, 2x .+ 1); batchsize=7, shuffle=true); loss=loss, opt=Adam(0.1), epochs=80, progress=false)
    @test found[:loss][end] < 0.1 && abs(line[1].weight[] - 2) < 0.2
end
images = zeros(Float32, 6, 6, 1, 100)
kinds = rand(MersenneTwister(3), 1:2, 100)
for k in 1:100
    kinds[k] == 1 ? (images[3, :, 1, k] .= 1) : (images[:, 3, 1, k] .= 1)
end
cnn = Chain(Conv((3, 3), 1 => 4, relu), BatchNorm(4), MaxPool((2, 2)), flatten, Dense(16 => 2))
train!(cnn, DataLoader((images, kinds); batchsize=10, shuffle=true); opt=Adam(0.02), epochs=5, progress=false)
@test accuracy(cnn, (images, kinds)) > 0.95
@test any(Array(cnn[2].moving_mean) .!= 0)

# Mixed precision.
for precision in (Cermet.BFloat16, Float16)
    mixed, adam = new_net(), setup(Adam(0.02))
    history = train!(mixed, DataLoader((points, labels); batchsize=20); opt=adam, epochs=3, progress=false, precision=precision)
    @test accuracy(mixed, (test_points, test_labels)) > 0.95 && history[:loss][end] < history[:loss][1]
    @test all(eltype(array) == Float32 for (name, array) in parameters(mixed))
    @test (loss_scale(adam).scale > 0) == (precision == Float16)
end
@test_throws ArgumentError train!(new_net(), DataLoader((points, labels); batchsize=20); precision=Int8, progress=false)
@test_throws ArgumentError train!(new_net(), DataLoader((points, labels); batchsize=20); precision=Float16, progress=false,
                                  loss=(p, y) -> logitcrossentropy(p, y))
scaled = loss_scale!(setup(SGD(1.0)), 512)
weight = NDArray(Float32[1, 2])
update!(scaled, weight, NDArray(Float32[512, -256]))
@test Array(weight) == Float32[0, 2.5]
update!(scaled, weight, NDArray(Float32[0, Inf]))
@test Array(weight) == Float32[0, 2.5] && loss_scale(scaled) == (scale=256.0, skipped=1)
@test_throws ArgumentError loss_scale!(scaled, 0.5)

# Callbacks.
seen = Int[]
history = train!(new_net(), DataLoader((points, labels); batchsize=50); epochs=9, progress=false,
                 callbacks=[(epoch, figures, model) -> (push!(seen, epoch); epoch == 2 ? :stop : nothing)])
@test seen == [1, 2] && length(history) == 2
stopper = early_stopping(monitor=:loss, patience=2)
@test [stopper(k, (loss=l,), nothing) for (k, l) in enumerate((3, 2, 2.5, 2.5))] == [nothing, nothing, nothing, :stop]
@test_throws ArgumentError stopper(1, (accuracy=1,), nothing)
mktempdir() do folder
    train!(trained, DataLoader((points, labels); batchsize=50); epochs=2, progress=false, callbacks=[checkpoint(joinpath(folder, "net"))])
    @test isfile(joinpath(folder, "net-0001.params"))
    @test Array(load_model(joinpath(folder, "net"), 2)(points)) ≈ Array(trained(points))
end

# Progress goes to the logger, as front ends want it.
logger = Test.TestLogger(min_level=LogLevel(-1))
with_logger(() -> train!(new_net(), DataLoader((points, labels); batchsize=100); epochs=1), logger)
progress = [record.kwargs for record in logger.logs if haskey(record.kwargs, :progress)]
@test length(progress) == 4 && progress[end][:progress] == "done" && progress[1][:progress] == 0.25
@test any(record -> record.message == "epoch 1" && haskey(record.kwargs, :loss), logger.logs)

# Wrong calls.
@test_throws ArgumentError train!(new_net(), DataLoader((points, labels)); epochs=-1)
@test_throws ArgumentError train!(new_net(), DataLoader((points, labels .- 1)); progress=false)
@test occursin("DataLoader", message_of(() -> train!(new_net(), (points, labels)), ArgumentError))
@test occursin("onehotbatch", message_of(() -> train!(new_net(), DataLoader((points, string.(labels))); progress=false), ArgumentError))
holes = copy(points)
holes[1] = NaN
@test_logs (:warn, r"loss is NaN after epoch 1") train!(new_net(), DataLoader((holes, labels)); epochs=2, progress=false)
@test_throws DimensionMismatch train!(new_net(), DataLoader((points[1:1, :], labels)); progress=false)
@test_throws ArgumentError train!(new_net(), DataLoader((points, labels, labels)); progress=false)
