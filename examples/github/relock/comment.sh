#!/usr/bin/env bash
# comment.sh FILE: makes a file the comment of the pull request NUMBER that begins with our mark, or that comment anew.
# Where no lock changed none is written. Needs gh, GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
mark='<!-- mixlock relock -->'
comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
ours=".[] | select(.body | startswith(\"$mark\")) | select(.user.type == \"Bot\" or (.author_association | IN(\"OWNER\", \"MEMBER\", \"COLLABORATOR\"))) | .id"
known=$(gh api --paginate "$comments?per_page=100" --jq "$ours" | tail -n 1)
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{ echo "$mark"; cat "$1"; } > "$body"
if [ -n "$known" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --field "body=@$body"
elif ! grep -qxF 'No lock changed.' "$1"; then
  gh api --silent "$comments" --field "body=@$body"
fi
