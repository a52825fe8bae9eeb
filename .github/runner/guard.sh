#!/bin/sh
# The GPU box starts jobs of clinft's training workflow on main, and no others; docs/runner.md is its guide.
# As the runner's ACTIONS_RUNNER_HOOK_JOB_STARTED it judges the job that waits; with --check, the box.
#
# The runner calls it in a folder that the workflow may choose, with GITHUB_* as GitHub says them; in a
# reusable workflow these are its caller's. So no path is relative, and values are compared, never expanded.

# In bash this makes special builtins stronger than functions that the environment brought along.
# shellcheck disable=SC2034 # bash itself reads it
POSIXLY_CORRECT=1
unset -f [ cd kill printf pwd read sleep stat
set -efu
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

WORKFLOW=.github/workflows/train.yml
HOOK=ACTIONS_RUNNER_HOOK_JOB_STARTED
READ='docs/runner.md of the repository says how it is put right.'
# The runner sends new lines of the log every half second; a worker that was ended sends nothing more.
SECONDS_FOR_THE_LOG=3

usage() {
    printf 'usage: /etc/clinft/guard.sh                           as %s\n' "$HOOK" >&2
    printf '       /etc/clinft/guard.sh --check [RUNNER_FOLDER]   else /opt/actions-runner\n' >&2
    exit 2
}

# Foreign text for a line that the runner reads: it obeys `::name` and `##[name`, and reads %0A as a new line.
shown() {
    [ -n "$1" ] || { printf 'not set'; return 0; }
    rest=$(printf '%.200s' "$1")
    text=''
    while [ -n "$rest" ]; do
        tail=${rest#?}
        first=${rest%"$tail"}
        rest=$tail
        case $first in
        [A-Za-z0-9._/@-]) text=$text$first ;;
        *) text=$text'?' ;;
        esac
    done
    printf '%s' "$text"
}

# Sets `repository` and `branch`, or `fault`. The file is read line by line, never run.
read_conf() {
    repository='' branch='' fault=''
    if [ ! -f "$1" ] || [ ! -r "$1" ]; then
        fault='guard.conf beside the guard is missing or cannot be read.'
        return 0
    fi
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '' | '#'*) ;;
        repository=*)
            [ -z "$repository" ] || fault='guard.conf names two repositories.'
            repository=${line#*=}
            ;;
        branch=*)
            [ -z "$branch" ] || fault='guard.conf names two branches.'
            branch=${line#*=}
            ;;
        *) fault='guard.conf has a line that is neither repository=, branch= nor a comment.' ;;
        esac
    done <"$1"
    branch=${branch:-main}
    form='The repository in guard.conf is not of the form owner/name.'
    case $repository in
    '') fault=${fault:-'guard.conf names no repository.'} ;;
    */*/* | *[!A-Za-z0-9._/-]*) fault=$form ;;
    ?*/?*) ;;
    *) fault=$form ;;
    esac
    case $branch in
    /* | */ | *//* | *..* | *[!A-Za-z0-9._/-]*) fault='The branch in guard.conf is no name of a branch.' ;;
    esac
}

# To the runner a failed hook is one failed step, and later steps with `if: always()` run all the same
# (actions/runner issue 2811). So the process that works on this job is ended, and the job counts as failed.
end_the_job() {
    worker=''
    [ ! -r "/proc/$PPID/comm" ] || IFS= read -r worker <"/proc/$PPID/comm" || :
    [ "$worker" = Runner.Worker ] || return 0
    sleep "$SECONDS_FOR_THE_LOG" || :
    kill -KILL "$PPID" || :
}

refuse() { # why, and the way out
    printf '::error title=clinft runner guard::This machine does not start this job. %s %s\n' "$1" "$2"
    exit 1
}

expect() { # name, value, wanted
    [ "$2" = "$3" ] || refuse "$1 is $(shown "$2"), not $3." "$way_out"
}

judge_job() {
    # Whoever cancels the job meanwhile gains nothing, and whatever goes wrong here counts as a no.
    trap '' HUP INT TERM
    trap end_the_job EXIT
    case $0 in
    /*) read_conf "${0%/*}/guard.conf" ;;
    *) fault='The guard was not called by an absolute path.' ;;
    esac
    [ -z "$fault" ] || refuse "$fault" "Whoever operates the machine runs guard.sh --check. $READ"
    ref=refs/heads/$branch
    wanted=$repository/$WORKFLOW@$ref
    way_out="Only $WORKFLOW on $branch of $repository runs here; give another job another runs-on."
    expect GITHUB_REPOSITORY "${GITHUB_REPOSITORY-}" "$repository"
    expect GITHUB_WORKFLOW_REF "${GITHUB_WORKFLOW_REF-}" "$wanted"
    expect GITHUB_REF "${GITHUB_REF-}" "$ref"
    case ${GITHUB_EVENT_NAME-} in
    push | workflow_dispatch) ;;
    *) refuse "GITHUB_EVENT_NAME is $(shown "${GITHUB_EVENT_NAME-}"), not push or workflow_dispatch." \
        "$way_out" ;;
    esac
    printf 'clinft runner guard: this is %s.\n' "$wanted"
    trap - EXIT
}

# From here on: the box, judged for a person at a terminal.

wrong() {
    printf 'wrong: %s\n' "$1"
    bad=$((bad + 1))
}

# Root's, and nobody else may write: rights from an access list show in the group's bits. A folder with the
# sticky bit lets others add files, but neither change nor replace those of root.
check_path() { # path, `file` or `folder`
    [ ! -L "$1" ] || { wrong "$(shown "$1") is a link."; return 0; }
    [ -e "$1" ] || { wrong "$(shown "$1") is missing."; return 0; }
    mode=$(stat -c %04a -- "$1")
    [ "$(stat -c %u -- "$1")" = 0 ] || wrong "$(shown "$1") does not belong to root."
    case $2$mode in
    folder[1357]*) ;;
    *[2367]? | *[2367]) wrong "Others than root may write $(shown "$1") ($mode)." ;;
    esac
}

check_upwards() { # a file by its absolute path, and every folder above
    check_path "$1" file
    above=$1
    while [ -n "${above%/*}" ]; do
        above=${above%/*}
        check_path "$above" folder
    done
    check_path / folder
}

check_runner() { # the runner's folder, the guard
    [ -d "$1" ] || { wrong "There is no folder $(shown "$1"); name the runner's."; return 0; }
    check_upwards "$1/.env"
    for program in bin bin/Runner.Listener bin/Runner.Worker; do
        [ ! -e "$1/$program" ] || check_path "$1/$program" file
    done
    [ ! -e "$1/_diag" ] || [ "$(stat -c %u -- "$1/_diag")" != 0 ] || wrong 'The runner ran as root.'
    [ -f "$1/.env" ] || return 0
    count=0 value=''
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in "$HOOK="*) value=${line#*=} count=$((count + 1)) ;; esac
    done <"$1/.env"
    [ "$count" = 1 ] || wrong "The runner's .env sets $HOOK $count times, not once."
    [ "$value" = "$2" ] || wrong "$HOOK in the runner's .env is $(shown "$value"), not $2."
}

check_box() { # the runner's folder
    bad=0
    folder=$(CDPATH='' cd -- "${0%/*}" && pwd -P)
    self=$folder/${0##*/}
    case $self in *.sh) ;; *) wrong 'The runner calls no hook whose name does not end in .sh.' ;; esac
    check_upwards "$self"
    check_path "$folder/guard.conf" file
    read_conf "$folder/guard.conf"
    [ -z "$fault" ] || wrong "$fault"
    [ ! -d "$1" ] || set -- "$(CDPATH='' cd -- "$1" && pwd -P)"
    check_runner "$1" "$self"
    [ "$bad" = 0 ] || { printf '%s\n' "$READ"; exit 1; }
    printf 'right: only %s/%s on %s may start here.\n' "$repository" "$WORKFLOW" "$branch"
}

case $# in
0) judge_job ;;
[12])
    [ "$1" = --check ] || usage
    case $0 in */*) check_box "${2-/opt/actions-runner}" ;; *) usage ;; esac
    ;;
*) usage ;;
esac
