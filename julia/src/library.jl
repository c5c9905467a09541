# SPDX-License-Identifier: Apache-2.0
# Finds and opens the engine's shared library when the package is loaded.

const LIBRARY_NAME = Sys.iswindows() ? "cermet.dll" : Sys.isapple() ? "libcermet.dylib" : "libcermet.so"
const LIBRARY_PATH = Ref("")

"""
    Cermet.library_path()

Path of the engine's library in use. It is looked for in this order: environment variable `CERMET_LIBRARY`, preference
`library` of this package (Julia 1.6 and newer), folder `lib` of this package, the system's loader path.
"""
library_path() = LIBRARY_PATH[]

# (where it comes from, path) of every place, best first. The first two, when set, are the user's word: nothing after
# them is tried.
function library_candidates()
    given = get(ENV, "CERMET_LIBRARY", "")
    isempty(given) || return [("environment variable CERMET_LIBRARY", given)]
    preferred = library_preference()
    preferred === nothing || return [("preference `library`", String(preferred))]
    return [("package folder", joinpath(dirname(@__DIR__), "lib", LIBRARY_NAME)), ("loader path", LIBRARY_NAME)]
end

function library_preference()
    isdefined(Base, :get_preferences) || return nothing
    uuid = Base.PkgId(@__MODULE__).uuid
    return get(Base.get_preferences(uuid), "library", nothing)
end

function open_library(candidates=library_candidates())
    failures = String[]
    for (origin, path) in candidates
        library = try
            dlopen(path, RTLD_NOW | RTLD_LOCAL)
        catch problem
            push!(failures, "  $path ($origin): $(sprint(showerror, problem))")
            continue
        end
        find_functions(library, path)
        LIBRARY_PATH[] = dlpath(library)
        return
    end
    error("Cermet: the engine's library could not be opened. Places tried:\n", join(failures, "\n"),
          "\nBuild it, or set CERMET_LIBRARY to the full path of $LIBRARY_NAME.")
end

function find_functions(library, path)
    addresses = [something(dlsym(library, name; throw_error=false), C_NULL) for name in NAMES]
    missing_names = NAMES[addresses .== C_NULL]
    isempty(missing_names) ||
        error("Cermet: $path is not a library of this version: it lacks ", join(missing_names, ", "))
    copyto!(POINTERS, addresses)
    version = cermet_version()
    # Before 1.0 a minor version may change anything; patches may not.
    div(version, 100) == div(HEADER_VERSION, 100) ||
        error("Cermet: $path has version $(version_text(version)); this package needs $(version_text(HEADER_VERSION))")
    return
end

version_text(number) = join((div(number, 10000), div(number, 100) % 100, number % 100), ".")

"The engine's build as a dictionary: version, libraries, instruction set, devices."
features() = parse_json(cermet_features())
