# What pip is about to fetch, and what it failed of, in a sentence each.

size_of_torch_in_words() { # said once, before torch comes into the environment $1
    for torch in "$1"/lib/python3*/site-packages/torch; do
        [ ! -d "$torch" ] || return 0
    done
    [ "$(uname -s)" = Linux ] || return 0
    if [ -n "${PIP_EXTRA_INDEX_URL:-}${PIP_INDEX_URL:-}" ]; then
        echo "environment: pip fetches 600 MB or so if your index has the CPU build of torch, else several GB"
    else
        echo "environment: pip fetches several GB, most of it torch for GPUs. The CPU build (200 MB) will do:" \
            "PIP_EXTRA_INDEX_URL=ADDRESS make book, with the ADDRESS for pip and CPU on the install page of pytorch.org"
    fi
}

listen() { # passes on what pip complains of, and lets the terminal hear what takes long
    trap '' INT
    while IFS= read -r line; do
        case $line in
        *"Location '"*"' is ignored"*) continue ;; # a configured place that is not there: pip goes on
        *"Retrying (Retry("*) printf 'environment: %s\n' "$(cut_short "$line")" >&2 ;;
        esac
        printf '%s\n' "$line"
    done
}

cut_short() { printf '%s' "$1" | cut -c1-200; }

free_in() { # megabytes
    df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }'
}

full_disk() {
    temporary=${TMPDIR:-/tmp}
    echo "the disk is full: $(free_in .) MB are free here, $(free_in "$temporary") MB in $temporary;" \
        "the environment needs 3 GB (10 GB with torch for GPUs), and TMPDIR=/another/folder moves pip's temporary files"
}

cannot_write() { # into the folder $1
    free=$(free_in .)
    if [ "${free:-1}" -eq 0 ]; then full_disk; else echo "cannot write into $1: is it yours?"; fi
}

# why_pip_failed WORDS WHAT: one sentence, and pip's own last lines only where the cause is not known
why_pip_failed() {
    no_network="there is no network, or the package index does not answer (proxy? PIP_INDEX_URL?)"
    wants=$(printf '%s\n' "$1" | sed -n 's/.*Could not find a version that satisfies the requirement \([^ ]*\).*/\1/p' | tail -n 1)
    case $1 in
    *"No space left on device"* | *"Errno 28"* | *"Disk quota exceeded"*)
        echo "$2: $(full_disk)"
        ;;
    *"ssl module in Python is not available"* | *"SSL module is not available"*)
        echo "$2: this Python has no ssl, so that pip cannot fetch anything: PYTHON=/path/to/another"
        ;;
    *CERTIFICATE_VERIFY_FAILED* | *"certificate verify failed"*)
        echo "$2: the certificate of the package index was not accepted (behind a company's proxy, PIP_CERT=/path/to/its/certificate.pem)"
        ;;
    *"Retry(total=0"* | *"Max retries exceeded"*)
        echo "$2: $no_network"
        ;;
    *"(from versions: none)"*)
        echo "$2: no package index has $wants in any version, or none could be reached (is there a network?)"
        ;;
    *"No matching distribution found"*)
        # pip lists each version that asks for another Python, with what it asks for
        needs=$(printf '%s\n' "$1" | sed -n "s/.*[ ;]${wants##*=} Requires-Python \([^;]*\).*/\1/p" | tail -n 1)
        if [ -n "$needs" ]; then
            echo "$2: requirements.lock pins $wants, which wants Python $needs: PYTHON=/path/to/another"
        else
            echo "$2: requirements.lock pins $wants, and no package index has that for this Python and machine"
        fi
        ;;
    *"Read timed out"* | *ReadTimeout* | *IncompleteRead* | *ProxyError* | *"Connection broken"* | *ConnectionResetError*)
        echo "$2: $no_network"
        ;;
    *ResolutionImpossible*)
        echo "$2: the pins of requirements.lock contradict each other or your pip's constraints (pip config list)"
        printf '%s\n' "$1" | grep -E 'depends on|requested|constraint' | head -n 5 | cut -c1-200
        ;;
    *"Permission denied"* | *"Errno 13"*)
        echo "$2: $(printf '%s\n' "$1" | grep -E 'Permission denied|Errno 13' | tail -n 1 | cut -c1-200)"
        ;;
    *)
        echo "$2; pip's last words:"
        printf '%s\n' "$1" | grep -v -e '^ *$' -e "' is ignored" | tail -n 6 | cut -c1-200
        ;;
    esac
}
