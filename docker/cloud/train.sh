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

# TERM goes on to clinft, which then writes a checkpoint; its exit code is waited for.
child='' asked='' code=0
trap 'asked=yes; [ -z "$child" ] || kill -TERM "$child" 2> /dev/null || true' TERM
started() {
  asked=''
  "$@" &
  child=$!
  code=0
  wait "$child" || code=$?
  while [ -n "$asked" ] && [ "$code" -gt 128 ]; do
    asked='' code=0
    wait "$child" || code=$?
  done
}

started clinft run "$project" --until gate --yes
[ "$code" -eq 0 ] || exit "$code"

export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1
while :; do
  started clinft run "$project" --from train
  # 75: a checkpoint is written, call again. Usually the machine goes away in this minute, and the launcher
  # starts another one; where it stays, this call goes on.
  [ "$code" -eq 75 ] || exit "$code"
  sleep 60
done
