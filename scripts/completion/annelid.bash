# shellcheck shell=bash
# Bash completion for annelid and its scripts. Installed with the program; from a clone:
#
#     source scripts/completion/annelid.bash
#
# It knows no option by itself: it asks `--help`, once a shell for each command, and `annelid check`
# for the keys of the scenario that the line names.

declare -gA _annelid_told=()

# Output of a command, remembered while the shell lasts. $1: under which name.
_annelid_ask() {
    local name=$1
    shift
    if [[ ! -v _annelid_told[$name] ]]; then
        _annelid_told[$name]=$("$@" 2>/dev/null </dev/null)
    fi
    printf '%s\n' "${_annelid_told[$name]}"
}

# Options in a help text, one a line.
_annelid_options() {
    grep -oE -- '(^|[][ (,|])--[a-z][a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}

# Keys of an effective scenario, as `--set` takes them. A list of worms has them under their names.
_annelid_keys() {
    awk '
        /^\[\[/ { table = ""; next }
        /^\[/ { gsub(/^\[|\]$/, ""); table = $0 "."; next }
        /^[a-z_0-9]+ = / { print table $1 "=" }
    '
}

# Files and folders: $1 the begin of a name, then the endings that fit.
_annelid_files() {
    local word=$1 ending
    shift
    compgen -d -- "$word"
    for ending in "$@"; do
        compgen -f -X "!*$ending" -- "$word"
    done
}

# Fills COMPREPLY from standard input; folders go on, and so do keys.
_annelid_reply() {
    mapfile -t COMPREPLY < <(sort -u)
    if ((${#COMPREPLY[@]} == 1)); then
        if [[ -d ${COMPREPLY[0]} ]]; then
            COMPREPLY[0]+=/
            compopt -o nospace
        elif [[ ${COMPREPLY[0]} == *= ]]; then
            compopt -o nospace
        fi
    fi 2>/dev/null # outside of a completion, as in tests
}

# The scenario that the line names, if it is there.
_annelid_scenario() {
    local word
    for word in "${COMP_WORDS[@]:1}"; do
        if [[ $word == *.toml && -f $word ]]; then
            printf '%s\n' "$word"
            return
        fi
    done
}

# What may follow an option, by its name. Fails where nothing special does.
_annelid_value() {
    local program=$1 option=$2 word=$3 scenario
    case $option in
        --set)
            scenario=$(_annelid_scenario)
            [[ -n $scenario ]] || return 0
            _annelid_ask "keys $scenario" "$program" check "$scenario" | _annelid_keys |
                grep -F -- "$word" | grep "^${word//./\\.}"
            return 0
            ;;
        --progress) compgen -W "auto live log off" -- "$word" ;;
        --partition) compgen -W "block hash scotch" -- "$word" ;;
        --format) compgen -W "auto edges matrix_market metis hdf5" -- "$word" ;;
        --output | --checkpoint | --restart) _annelid_files "$word" .h5 .csv ;;
        --seed | --replicates | --replicate | --team-size | --flush-every | --checkpoint-every | \
            --hosts | --ranks) ;;
        *) return 1 ;;
    esac
    return 0
}

_annelid() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]-}
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        _annelid_reply < <(
            _annelid_ask "$program" "$program" --help | grep -oE '^  annelid [a-z]+' |
                awk '{ print $2 }' | grep "^$word"
            compgen -W "--help --version" -- "$word"
        )
    elif [[ $word == -* ]]; then
        _annelid_reply < <(
            { _annelid_ask "$program $command" "$program" "$command" --help; echo " --help"; } |
                _annelid_options | grep -e "^$word"
        )
    elif [[ $before == -* ]] && _annelid_value "$program" "$before" "$word" >/dev/null; then
        _annelid_reply < <(_annelid_value "$program" "$before" "$word")
    else
        _annelid_reply < <(_annelid_word "$program" "$command" "$before" "$word")
    fi
}

# What a command is about: files, or words of its own.
_annelid_word() {
    local program=$1 command=$2 before=$3 word=$4
    case $command in
        run | check | organisations) _annelid_files "$word" .toml ;;
        info) _annelid_files "$word" .h5 ;;
        list)
            if [[ $before == worms ]]; then
                _annelid_ask "$program worms" "$program" list worms | awk '/^[a-z_0-9]+  / { print $1 }' |
                    grep "^$word"
            elif [[ $before == list ]]; then
                compgen -W "worms vectors defences triggers populations networks scenario" -- "$word"
            fi
            ;;
        network)
            if [[ $before == network ]]; then
                compgen -W "generate convert describe partition" -- "$word"
            elif [[ $before == generate ]]; then
                _annelid_ask "$program kinds" "$program" list networks |
                    awk '/^[a-z_]+ \(\[network\]/ { print $1 }' | grep "^$word"
            else
                compgen -f -- "$word"
            fi
            ;;
    esac
}

# A script of scripts/: its options, and any file.
_annelid_script() {
    local script=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    if [[ $word == -* ]]; then
        _annelid_reply < <(
            { _annelid_ask "$script" "$script" --help; echo " --help"; } |
                _annelid_options | grep -e "^$word"
        )
    else
        _annelid_reply < <(_annelid_files "$word" .toml .h5 .cpp)
    fi
}

complete -F _annelid annelid
# By the path as it is typed: run, test and plot are the names of others, too.
_annelid_register() {
    local folder script
    folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || return 0
    [[ -x $folder/setup ]] || return 0 # installed, without the scripts
    for script in "$folder"/*; do
        if [[ -f $script && -x $script ]]; then
            complete -F _annelid_script "scripts/${script##*/}" "./scripts/${script##*/}" "$script"
        fi
    done
}
_annelid_register
