# SPDX-License-Identifier: Apache-2.0
# A reader of JSON, for what the engine tells about graphs and builds: objects become Dict{String,Any}, arrays Vector{Any}.

struct JSONReader
    text::String
    position::Base.RefValue{Int}
end

"""
    Cermet.parse_json(text)
"""
function parse_json(text::AbstractString)
    reader = JSONReader(String(text), Ref(1))
    value = read_value(reader)
    peek_char(reader) == '\0' || json_error(reader, "end of text")
    return value
end

json_error(r, wanted) = throw(ArgumentError("JSON: wanted $wanted at byte $(r.position[])"))

# The next character after white space, '\0' at the end.
function peek_char(r)
    while r.position[] <= ncodeunits(r.text)
        char = r.text[r.position[]]
        char in (' ', '\t', '\n', '\r') || return char
        r.position[] += 1
    end
    return '\0'
end

function expect(r, literal::String, value=nothing)
    startswith(SubString(r.text, r.position[]), literal) || json_error(r, repr(literal))
    r.position[] += ncodeunits(literal)
    return value
end

function read_value(r)
    char = peek_char(r)
    char == '{' && return read_object(r)
    char == '[' && return read_list(r)
    char == '"' && return read_string(r)
    char == 't' && return expect(r, "true", true)
    char == 'f' && return expect(r, "false", false)
    char == 'n' && return expect(r, "null")
    return read_number(r)
end

function read_object(r)
    object = Dict{String,Any}()
    read_entries(r, "{", '}') do
        peek_char(r) == '"' || json_error(r, "a name")
        name = read_string(r)
        peek_char(r)
        expect(r, ":")
        object[name] = read_value(r)
    end
    return object
end

function read_list(r)
    list = Any[]
    read_entries(() -> push!(list, read_value(r)), r, "[", ']')
    return list
end

function read_entries(read_entry, r, opening, closing)
    expect(r, opening)
    peek_char(r) == closing && return expect(r, string(closing))
    while true
        read_entry()
        peek_char(r) == ',' || break
        expect(r, ",")
    end
    return expect(r, string(closing))
end

const JSON_ESCAPES = Dict('n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f')

function read_string(r)
    out = IOBuffer()
    i = nextind(r.text, r.position[])
    while true
        i <= ncodeunits(r.text) || json_error(r, "the end of a string")
        char = r.text[i]
        char == '"' && break
        if char == '\\'
            i = nextind(r.text, i)
            char = r.text[i]
            if char == 'u'
                char, i = read_code(r, i)
            else
                char = get(JSON_ESCAPES, char, char)
            end
        end
        print(out, char)
        i = nextind(r.text, i)
    end
    r.position[] = i + 1
    return String(take!(out))
end

# \uXXXX at `i`, or a pair of them for characters beyond the first 65536: the character and the place of its last digit.
function read_code(r, i)
    code = parse(UInt32, r.text[i+1:i+4]; base=16)
    i += 4
    if 0xd800 <= code < 0xdc00
        low = parse(UInt32, r.text[i+3:i+6]; base=16)
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        i += 6
    end
    return Char(code), i
end

function read_number(r)
    found = match(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|-?Infinity|NaN", r.text, r.position[])
    (found === nothing || found.offset != r.position[]) && json_error(r, "a value")
    r.position[] += ncodeunits(found.match)
    whole = tryparse(Int, found.match)
    return whole === nothing ? parse(Float64, replace(found.match, "Infinity" => "Inf")) : whole
end
