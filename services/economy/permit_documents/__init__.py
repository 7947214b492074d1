"""Documents of permits: photos of what is to be shown, for the applicant and the officers of the agency alone."""
