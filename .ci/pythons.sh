# Which Pythons will do. Read by the scripts beside this file, from the root of the checkout.

# pyproject.toml says it once, in its classifiers.
supported=$(echo $(sed -n 's/.*"Programming Language :: Python :: \(3\.[0-9]*\)".*/\1/p' pyproject.toml))
supported_in_words=$(echo "$supported" | sed 's/ /, /g; s/, \([^,]*\)$/ or \1/')

version_of() { # 3.11, or nothing where it does not run
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || :
}

is_supported() {
    case " $supported " in *" $(version_of "$1") "*) ;; *) return 1 ;; esac
}

lacks() { # the first module that this Python was built or packaged without
    for module in venv ensurepip ssl zlib ctypes sqlite3; do
        "$1" -c "import $module" >/dev/null 2>&1 || {
            echo "$module"
            return
        }
    done
}

first_whole_python() { # on the PATH; where none is whole, the first that is supported
    first=
    for candidate in $(for version in $supported; do echo "python$version"; done) python3; do
        is_supported "$candidate" || continue
        [ -n "$(lacks "$candidate")" ] || {
            echo "$candidate"
            return
        }
        first=${first:-$candidate}
    done
    echo "$first"
}
