tasks-title = Your tasks
tasks-none = Nothing waits for you now.
task-other-side = { $side } has confirmed and waits for you
task-until = by { $day }
task-late = was due by { $day }
task-place = { $place } { $year }
task-set-up-factor = Set up the second factor: until then your roles rest
task-answer-offers = Answer { $left ->
    [one] the role that is offered to you
   *[other] the { $left } roles that are offered to you
}
task-confirm-takedown = { $left ->
    [one] A takedown waits
   *[other] { $left } takedowns wait
} for you to confirm
task-check-in = Check in: { $title }
task-confirm-headcount = Confirm who of your delegation is present: { $title }
task-vote = The vote is under way: { $title }
task-evaluate = The evaluation is under way: { $title }
task-make-key = Make your key to the count: { $title }
task-reserve-paper = Make the credentials of the paper ballots: { $title }
task-count-paper = Count the paper ballots: { $title }
task-approve-election = Compare the print and approve the election: { $title }
task-decrypt = Check the close and decrypt your part: { $title }
task-write-rules = Write the rules and enter the show of hands: { $title }
task-prepare-freeze = Check-in, keys or head counts are missing for the freeze: { $title }
task-prepare-opening = Approvals are missing for the opening: { $title }
task-confirm-freeze = Confirm the freeze: { $title }
task-confirm-open = Confirm the opening: { $title }
task-confirm-close = Confirm the close once all have voted: { $title }
task-confirm-withdraw = Read the reason and confirm the withdrawal: { $title }
task-confirm-void = Read the reason and confirm that the vote is void: { $title }
task-confirm-lot = Compare and confirm the lot: { $title }
task-announce = Announce the result: { $title }
task-decide-intake = Let in or decline { $left ->
    [one] a new proposal
   *[other] { $left } new proposals
}
task-screen = { $left ->
    [one] One proposal has
   *[other] { $left } proposals have
} no screening decision yet
task-publish-decisions = Publish { $left ->
    [one] the screening decision
   *[other] { $left } screening decisions
}
task-compose-shortlist = Compose the shortlist, and publish it after its review
task-answer-comments = Answer { $left ->
    [one] a comment
   *[other] { $left } comments
} on the shortlist
task-call-vote = Set up the vote on the projects
task-decide-tie = A tie waits for a run-off or a lot
task-vote-on-list = The resolution on the list was not passed: it needs another vote
task-call-evaluation = Make the year-end evaluation poll
task-hand-over = Hand over { $left ->
    [one] a chosen project
   *[other] { $left } chosen projects
}
task-rate = Rate { $left ->
    [one] a delivered project
   *[other] { $left } delivered projects
}
task-read-comment-answers = { $left ->
    [one] Your comment
   *[other] { $left } of your comments
} on the shortlist { $left ->
    [one] was
   *[other] were
} answered
task-advance = All is done for the stage “{ $stage }” to begin
task-review = Review { $left ->
    [one] what is
   *[other] { $left } clusters that are
} assigned to your unit
task-report = Report a month: { $title }
task-complete-milestone = Report a milestone: { $title }
task-answer-rework = Answer the rework order: { $title }
task-accept-project = Accept the project: { $title }
task-read-answer = Your proposal was answered: { $title }
