#!/bin/bash
# What skypilot.yaml and dstack.yaml start on their machine, in a clone of the repository with clinft installed:
#
#   bash docker/cloud/train.sh projects/<name> FOLDER
#
# FOLDER outlives the machine: runs lie there, with checkpoints and weights. The records are made here, from the
# spec's seed or from the committed synthetic/, and audited here, for git has no data/; they are the same bytes
# as on a laptop, and so is the plan. --yes is the word of whoever launches this: read audit and estimate on your
# laptop before (`clinft run projects/<name> --until gate`). The base model is fetched once, pinned to its commit;
# training asks nobody for anything. Call it on a machine that is thrown away: it moves the clone's runs.
set -euo pipefail

project=${1:?which project: projects/<name>}
kept=${2:?a folder that outlives the machine}
project=${project%/}
runs="$kept/$project/runs"

# What is trained here is evidence, which names the commit that it was made from.
[ -e .git ] || {
  echo "There is no .git here. The launcher left it out; start from a git clone, as docs/runner.md says." >&2
  exit 2
}

mkdir -p "$runs"
runs=$(cd "$runs" && pwd)
if [ ! -L "$project/runs" ]; then
  # What is there already is further on than the clone, and stays.
  for run in "$project"/runs/*/; do
    there="$runs/$(basename "$run")"
    [ -d "$run" ] && [ ! -e "$there" ] || continue
    rm -rf "$there.partial"
    cp -R "$run" "$there.partial"
    mv "$there.partial" "$there"
  done
  rm -rf "${project:?}/runs"
  ln -s "$runs" "$project/runs"
fi

# TERM goes on to clinft, which then writes a checkpoint; its exit code is waited for, and nothing is begun after.
child='' asked='' noticed='' code=0
trap 'asked=yes noticed=yes; [ -z "$child" ] || kill -TERM "$child" 2> /dev/null || true' TERM
started() {
  [ -z "$asked" ] || exit 75
  noticed=''
  "$@" &
  child=$!
  # It may have come between these lines.
  [ -z "$asked" ] || kill -TERM "$child" 2> /dev/null || true
  code=0
  wait "$child" || code=$?
  while [ -n "$noticed" ] && [ "$code" -gt 128 ]; do
    noticed='' code=0
    wait "$child" || code=$?
  done
  child=''
}

started clinft run "$project" --until gate --yes
[ "$code" -eq 0 ] || exit "$code"

export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1
while :; do
  started clinft run "$project" --from train
  # 75: a checkpoint is written, call again. Usually the machine goes away in this minute, and the launcher
  # starts another one; where it stays, this call goes on.
  if [ "$code" -ne 75 ] || [ -n "$asked" ]; then exit "$code"; fi
  sleep 60 &
  # A notice ends the waiting.
  wait "$!" || true
done
