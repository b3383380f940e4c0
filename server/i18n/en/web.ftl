# Texts that every page shares
language-name = English
service-name = Minsheng
skip-to-content = Skip to content
nav-main = Main
nav-menu = Menu
nav-verify = Verify
nav-record = Public record
sign-in = Sign in
sign-out = Sign out
text-large = Large text
text-normal = Normal text
footer-promise = Every vote can be checked; nobody can see what you chose.
demo-banner = Demonstration: all people and figures are fictional.
demo-banner-link = Switch demo account
breadcrumbs = Where you are
pagination = Pages
previous-page = Previous page
next-page = Next page
light-green = On plan
light-yellow = Behind plan
light-red = Far behind
light-blue = Completed
timeline = Stages
timeline-now = {" "}(now)
timeline-step = Step { $step } · { $stage }
short-day = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
day-of-year = { $day } { $year }
days-from = from { $begins }
days-on = { $begins }
days-from-to = { $begins } – { $ends }
days-left = { $days ->
    [0] Last day today
    [1] One day left
   *[other] { $days } days left
}
optional = (optional)
choose = Please choose
form-has-errors = { $count ->
    [one] One field needs a change; everything you typed has been kept:
   *[other] { $count } fields need a change; everything you typed has been kept:
}
failure-title = This could not be done
failure-not-found = Not found
failure-forbidden = Not allowed
failure-conflict = This cannot be done now
failure-later = Not at the moment
failure-internal = Something went wrong here
to-cycle = To the year's page
failure-reference = Please quote the reference { $reference } to the staff.
to-front-page = Back to the front page

error-not-found = There is no such page, or you may not see it.
error-sign-in-first = Please sign in first.
error-forbidden = Your role may not do this.
error-factor-first = This needs a second step at sign-in. Please add an authenticator app or a passkey under “Sign-in security”.
error-prove-again = This needs another proof that it is you.
prove-again = Prove that it is me
sign-in-held = What you were doing is kept; after signing in, one press goes on with it.
sign-in-not-held = You are not signed in any more, and what you have sent was too long to be kept. Please sign in and fill it in again.
proceed-without-file = The chosen file was not kept; you will be asked for it again.
proceed-with-factor = Your role waits for a second factor. Set it up in a new window first, then come back to this page:
prove-again-held = You last proved who you are more than { $fresh_minutes } minutes ago. What you entered has been kept; after the proof one press goes on.
prove-again-not-held = You last proved who you are more than { $fresh_minutes } minutes ago. What you entered was too long to keep; please enter it again after the proof.
proved-again = You have proved who you are.
proceed-lead = What you asked for has not been done yet. Press the button to go on.
proceed = Go on
error-too-many = Too many attempts. Please try again later.
error-database-away = The database cannot be reached right now; please try again in a moment. If you have just sent something, look whether it was saved before you repeat it.
error-clock-behind = The service's clock is wrong, so nothing is saved for now and nothing was changed. The operator has to set it right; please try again later.
error-second-history = The database does not match the record that was published, so nothing can be saved now and what you did was not done. The operator must restore the newest database.
error-internal = Something went wrong on our side; please try again later. If you have just sent something, look whether it was saved before you repeat it.
error-method-not-allowed = This address does not support that.
error-unreadable = We could not read that request.
error-parameter-unknown = The address has a parameter that is not known here.
error-parameter-malformed = A parameter of the address is not of its kind.
error-parameter-repeated = A parameter of the address is there twice.
error-body-too-large = What was sent is too large and was not taken. Please shorten it or choose a smaller file, and send it again.
error-too-large = What was sent is too large.
error-required = Please fill this in.
error-too-short = Please write at least { $limit } characters.
error-too-long = Please write at most { $limit } characters.
error-control-characters = Please remove the invisible control characters.
error-not-a-number = Please enter a whole number.
error-not-an-option = Please choose one of the options.
list-comma = {", "}
error-too-small = Must be at least { $limit }.
error-too-large-number = Must be at most { $limit }.
field-body = What was sent
error-amount-in-yuan = Amounts here are in 10,000 yuan: convert from yuan first.
error-not-an-amount = Enter an amount in 10,000 yuan, with at most two decimals.

# Downloads of public lists
export-as = Download:
export-number = Number
export-code = Code
export-title = Title
export-category-code = Category code
export-category = Category
export-district = District
export-place = Place
export-budget-wan = Budget (10,000 yuan)
export-supporters = Supporters
export-state = Progress
export-in-zone = { $heading } ({ $zone })
export-budget-planned = Planned investment (10,000 yuan)
export-percent-done = Actual progress (%)
export-percent-planned = Planned progress (%)
export-made-at = Made at
export-text = Text
export-goal = Goal
export-poll = Poll
export-unanswered = Not answered
export-base = Counted of
export-announced-on = Announced on
export-responses = Residents who rated
export-mean = Residents' mean (of { $most })
export-rework-due = Rework due
calendar-title = Calendar of deadlines
calendar-reached = reached on { $day }
calendar-late = late
calendar-rework = rework due
evaluation-advisory = The evaluation by the { $body } is advisory{ $confirmed_by ->
    [none] .
   *[other] ; { $confirmed_by } confirms it.
}
export-rank = Place by votes
field-step = Step
field-side = Confirming side
field-proposal = Proposal
field-lang = Language
field-text = Text size
field-confirm = Confirmation
field-version = Version
list-separator = { ", " }
labelled = { $label }: { $text }
with-rule = { $name } ({ $rule })
error-file-left-out = The file was not kept while you signed in. Choose it again, or send the form without it.
sent-title = What you filled in
sent-lead = None of this was saved, but it is not lost: copy it if you need it, and go back to the form.
sent-again = Send it again
sent-back = Back to the form
error-file-too-large = The file is too large and was not taken. Choose a smaller one and send the form again.
error-from-elsewhere = This was not sent from a page of this service, so nothing was done. Open the page here and try again; if it happens again, tell the administrator to check the proxy.
title-with-errors = To be corrected
error-changed-meanwhile = Somebody else has changed this meanwhile; what you sent is not saved.
changed-meanwhile-both = While you were filling this in, somebody else has changed it. What stands now is below, and what you filled in after it; compare them and save again.
what-you-filled-in = What you filled in
error-sent-otherwise = This form was sent before with other words. What it says now is not sent yet; sent once more it becomes another one.
whole-province = the whole province
whole-city = the whole city
whole-county = the whole county
whole-town = the whole town
whole-street = the whole street
districts-and-more = { $shown } and more, { $count } districts
amount = { $size ->
    [billion] CNY { $number } billion
    [million] CNY { $number } million
   *[one] CNY { $number }
}
day = { $day } { $month } { $year }
month = { $month } { $year }
moment = { $day }, { $time } ({ $zone })
month-name = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
zone-beijing = Beijing time
lamp-strip = Lights of the projects by district
lamp-strip-all = All
lamp-strip-home = home
lamp-green = on plan
lamp-yellow = behind
lamp-red = far behind
lamp-blue = completed
