# SPDX-License-Identifier: Apache-2.0
@test isfile(Cermet.library_path())
@test Cermet.features()["threads"] >= 1
@test Cermet.num_threads() >= 1

# A place that the user names is the only one tried, and the message says all of it.
good, output = run_julia("using Cermet"; environment=("CERMET_LIBRARY" => "/nowhere/libcermet.so",))
@test !good
@test occursin("/nowhere/libcermet.so (environment variable CERMET_LIBRARY)", output)
@test occursin("set CERMET_LIBRARY", output)

# A library, but not ours.
other = message_of(() -> Cermet.open_library([("test", Base.libm_name)]), ErrorException)
@test occursin("it lacks cermet_version", other)

several = message_of(() -> Cermet.open_library([("a", "/nowhere/a.so"), ("b", "/nowhere/b.so")]), ErrorException)
@test occursin("/nowhere/a.so (a)", several) && occursin("/nowhere/b.so (b)", several)

@test_throws ArgumentError Cermet.num_threads!(0)
before = Cermet.num_threads()
Cermet.num_threads!(1)
@test Cermet.num_threads() == 1
Cermet.num_threads!(before)
