#!/bin/sh
# Copies from the npm packages what pages load, into the folder named, and nothing else: no crown, no crest, no GDS font.
set -eu
to=$1
mkdir -p "$to/images"
for script in node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js \
              node_modules/@ministryofjustice/frontend/moj/moj-frontend.min.js; do
    # The maps are not copied, so the line that points at them goes: the manifest of static files would look for them.
    sed '/^\/\/# sourceMappingURL=/d' "$script" > "$to/$(basename "$script")"
done
cp node_modules/@ministryofjustice/frontend/moj/assets/images/icon-* "$to/images/"
# The stylesheet names a crest for a footer that we do not use; the name must lead somewhere, so it leads to our flower.
cp static/assets/images/favicon.svg "$to/images/govuk-crest.svg"
