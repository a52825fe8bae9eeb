#!/bin/bash
# Leaves the same refs and the same HEAD as actions/checkout: a branch for branches, detached for all else.
set -euo pipefail
# shellcheck disable=SC2153 # the capitals are the inputs, from action.yml
folder="$GITHUB_WORKSPACE/$FOLDER"
mkdir -p "$folder"
cd "$folder"
# The real action empties the folder too, with all earlier checkouts below it.
find . -mindepth 1 -maxdepth 1 -exec rm -rf {} +
git init --quiet .
git remote add origin "${GITHUB_SERVER_URL%/}/$REPOSITORY"
# The test server logs who fetched and pushed.
git config http.userAgent "git clinft/$GITHUB_JOB"
header="http.${GITHUB_SERVER_URL%/}/.extraheader"
git config "$header" "AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 --wrap=0)"

fetch() { git fetch --quiet --no-tags "${depth[@]}" origin "$@"; }
# shellcheck disable=SC2153
depth=(--depth "$DEPTH")
if [ "$DEPTH" = 0 ]; then
  depth=()
  git fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'
fi

ref="${REF:-$GITHUB_REF}"
source="$ref"
# Without a ref it is the event's commit, even when the branch has moved on.
[ -n "$REF" ] || source="$GITHUB_SHA"
if [[ "$ref" =~ ^[0-9a-f]{40}$ ]]; then
  fetch "$ref"
  git checkout --quiet --detach "$ref"
elif [[ "$ref" == refs/heads/* || "$ref" != refs/* ]]; then
  branch="${ref#refs/heads/}"
  [ -n "$REF" ] && source="refs/heads/$branch"
  fetch "+$source:refs/remotes/origin/$branch"
  git checkout --quiet -B "$branch" --track "origin/$branch"
else
  fetch "+$source:refs/remotes/${ref#refs/}"
  git checkout --quiet --detach "refs/remotes/${ref#refs/}"
fi

# Compiled modules, each with the hash of the source that it was made from: Python looks whether it is this one.
if [ "$FOLDER" = . ] && [ -d clinft ] && [ -n "${STANDIN_COMPILED:-}" ]; then
  while read -r package; do
    if [ -d "clinft/$package" ]; then ln -s "$STANDIN_COMPILED/$package/__pycache__" "clinft/$package/__pycache__"; fi
  done < "$STANDIN_COMPILED/packages"
  # .gitignore knows them as folders only.
  echo __pycache__ >> .git/info/exclude
fi

[ "$PERSIST" = true ] || git config --unset-all "$header"
commit="$(git rev-parse HEAD)"
printf 'ref=%s\ncommit=%s\n' "$ref" "$commit" >> "$GITHUB_OUTPUT"
echo "Checked out $ref at $commit into $FOLDER"
