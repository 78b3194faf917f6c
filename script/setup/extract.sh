# shellcheck shell=bash
# Sentences of the candidate's pages, from templates, Python and scripts into assessments/locale.

# extract_sentences LANGUAGE...: new ones come in, old ones go, and what is similar becomes fuzzy.
extract_sentences() {
    extract django html,txt,py "$@"
    extract djangojs js "$@"
}

extract() {
    local domain=$1 extensions=$2
    shift 2
    # Without line numbers a change of a template changes nothing here that nobody translated.
    DEBUG=1 .venv/bin/python manage.py makemessages "${@/#/--locale=}" --domain "$domain" \
        --extension "$extensions" --add-location file --no-wrap --no-obsolete \
        --ignore 'frontend/dist/*' --ignore 'frontend/node_modules/*' --ignore 'frontend/tests/*' \
        --ignore 'frontend/build.js' --ignore 'tests/*' --ignore 'benchmarks/*' --ignore 'docs/*' \
        --ignore 'config/templates/account/*' --ignore 'config/templates/allauth/*' --ignore 'var/*'
}
