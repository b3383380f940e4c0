//! Every action that the audit trail knows.

use crate::name_enum;

name_enum! {
    /// What was done: `room.what`. Its words on the page of the trail are `audit-<name>`, with hyphens.
    pub enum AuditAction {
        /// A year's cycle was begun.
        CyclesCreate = "cycles.create",
        /// A jurisdiction's settings were changed.
        CyclesSettings = "cycles.settings",
        /// The days on which a cycle's stages begin were planned.
        CyclesSchedule = "cycles.schedule",
        /// A cycle entered its next stage.
        CyclesStage = "cycles.stage",
        /// The office asked for a stage to begin by an exception.
        CyclesAskException = "cycles.ask_exception",
        /// Somebody else confirmed the exception, and the stage began.
        CyclesConfirmException = "cycles.confirm_exception",
        /// The demo enrolled its people.
        DemoEnrol = "demo.enrol",
        /// A visitor of the demo became one of its people.
        DemoSignIn = "demo.sign_in",
        /// The demo's people supported a proposal.
        DemoSupport = "demo.support",
        /// A resident rated a project.
        EvaluationRate = "evaluation.rate",
        /// A unit answered a rework order.
        EvaluationRework = "evaluation.rework",
        /// The verdicts of an evaluation took effect.
        EvaluationVerdicts = "evaluation.verdicts",
        /// An account was made.
        PeopleAccountCreate = "people.account.create",
        /// A person moved to another jurisdiction.
        PeopleAccountMove = "people.account.move",
        /// A person changed the name shown.
        PeopleAccountRename = "people.account.rename",
        /// Somebody read the audit trail.
        PeopleAuditRead = "people.audit.read",
        /// A one-time code was asked for.
        PeopleCodeAsk = "people.code.ask",
        /// A newcomer's code was right.
        PeopleCodeRight = "people.code.right",
        /// A code was wrong.
        PeopleCodeWrong = "people.code.wrong",
        /// Somebody saw a person's contacts.
        PeopleContactRead = "people.contact.read",
        /// A second factor was added.
        PeopleFactorAdd = "people.factor.add",
        /// Somebody proved who they are by a second factor.
        PeopleFactorProve = "people.factor.prove",
        /// A second factor was removed.
        PeopleFactorRemove = "people.factor.remove",
        /// An answer of a second factor was wrong.
        PeopleFactorWrong = "people.factor.wrong",
        /// A delegation's head was appointed.
        PeopleHeadAppoint = "people.head.appoint",
        /// A jurisdiction was added.
        PeopleJurisdictionAdd = "people.jurisdiction.add",
        /// A limit was reached.
        PeopleLimit = "people.limit",
        /// A sign-in link was made.
        PeopleLinkMake = "people.link.make",
        /// A password was set.
        PeoplePasswordSet = "people.password.set",
        /// A password was tried.
        PeoplePasswordWrong = "people.password.wrong",
        /// Recovery codes were made.
        PeopleRecoveryCodesMake = "people.recovery_codes.make",
        /// An offered role was declined or withdrawn.
        PeopleRoleDecline = "people.role.decline",
        /// A role was offered.
        PeopleRoleOffer = "people.role.offer",
        /// A role was granted.
        PeopleRoleGrant = "people.role.grant",
        /// A role was revoked.
        PeopleRoleRevoke = "people.role.revoke",
        /// A roster was imported.
        PeopleRosterImport = "people.roster.import",
        /// A login session was ended.
        PeopleSessionEnd = "people.session.end",
        /// A person's other login sessions were ended.
        PeopleSessionEndOthers = "people.session.end_others",
        /// Somebody signed in.
        PeopleSignIn = "people.sign_in",
        /// A unit was added.
        PeopleUnitAdd = "people.unit.add",
        /// Chosen candidates were handed over to their units.
        ProjectsHandOver = "projects.hand_over",
        /// A milestone was reached.
        ProjectsMilestone = "projects.milestone",
        /// A unit reported on a month.
        ProjectsReport = "projects.report",
        /// A project was delivered or accepted.
        ProjectsState = "projects.state",
        /// The office accepted a proposal.
        ProposalsAccept = "proposals.accept",
        /// The office declined a proposal.
        ProposalsDecline = "proposals.decline",
        /// A picture was kept.
        ProposalsPicture = "proposals.picture",
        /// A proposal was made.
        ProposalsPropose = "proposals.propose",
        /// The form of a proposal was sent again.
        ProposalsProposeAgain = "proposals.propose.again",
        /// A person supported a proposal.
        ProposalsSupport = "proposals.support",
        /// A person took their support back.
        ProposalsWithdrawSupport = "proposals.withdraw_support",
        /// A body of the record was taken down.
        RecordTakeDown = "record.take_down",
        /// An administrator asked to take a body of the record down.
        RecordTakedownAsk = "record.takedown.ask",
        /// A request to take a body of the record down was withdrawn.
        RecordTakedownWithdraw = "record.takedown.withdraw",
        /// A cluster was assigned to a unit.
        ScreeningAssign = "screening.assign",
        /// Proposals were put into a new cluster.
        ScreeningCluster = "screening.cluster",
        /// A cluster was decided on.
        ScreeningDecide = "screening.decide",
        /// A proposal joined a cluster.
        ScreeningJoin = "screening.join",
        /// Screening decisions were published.
        ScreeningPublish = "screening.publish",
        /// A proposal left a cluster.
        ScreeningSplit = "screening.split",
        /// The meeting adopted the rule of a poll.
        SessionAdoptRules = "session.adopt_rules",
        /// The chair announced a result.
        SessionAnnounce = "session.announce",
        /// The office entered number and day of an announcement.
        SessionNumberAnnouncement = "session.number_announcement",
        /// A scrutineer's device approved the election.
        SessionApprove = "session.approve",
        /// A leave of absence that was noted was taken back.
        SessionCancelLeave = "session.cancel_leave",
        /// A ballot was cast.
        SessionCast = "session.cast",
        /// A sealed ballot was challenged instead of cast.
        SessionChallenge = "session.challenge",
        /// A scrutineer's device sent its message in the key ceremony.
        SessionCeremonyMessage = "session.ceremony_message",
        /// A deputy checked in.
        SessionCheckIn = "session.check_in",
        /// A party confirmed a step under dual control.
        SessionConfirm = "session.confirm",
        /// The office made a poll.
        SessionCreatePoll = "session.create_poll",
        /// A scrutineer decrypted their part.
        SessionDecrypt = "session.decrypt",
        /// The desk gave a deputy a personal code to check in with.
        SessionDeskCode = "session.desk_code",
        /// A teller's device handed in the credentials that are set aside for paper.
        SessionReservePaper = "session.reserve_paper",
        /// The desk noted that a deputy is present and votes on paper.
        SessionOnPaper = "session.on_paper",
        /// The desk took that back.
        SessionNotOnPaper = "session.not_on_paper",
        /// The desk handed out a numbered paper, or noted whether somebody helps to write.
        SessionHandOutPaper = "session.hand_out_paper",
        /// The desk replaced a spoiled paper.
        SessionReplacePaper = "session.replace_paper",
        /// A teller handed in the marks of what was typed of the papers.
        SessionPaperList = "session.paper_list",
        /// The papers were counted.
        SessionCountPaper = "session.count_paper",
        /// The chief scrutineer looked at the result before its announcement.
        SessionLookFirst = "session.look_first",
        /// A delegation's head confirmed who of it is present.
        SessionHeadcount = "session.headcount",
        /// A scrutineer's device complained of a share in the key ceremony.
        SessionCeremonyComplaint = "session.ceremony_complaint",
        /// The office let the scrutineers begin the key ceremony again.
        SessionRestartCeremony = "session.restart_ceremony",
        /// The desk noted a deputy's leave of absence.
        SessionNoteLeave = "session.note_leave",
        /// The office said whether a check-in asks for the code of the hall.
        SessionSetCheckInCode = "session.set_check_in_code",
        /// A scrutineer's device stated which ballots are summed.
        SessionStateClosing = "session.state_closing",
        /// A scrutineer handed in their key.
        SessionTrusteeKey = "session.trustee_key",
        /// A confirmation was undone, since what was confirmed changed.
        SessionUndoConfirmation = "session.undo_confirmation",
        /// Put forward that a poll is withdrawn or void, or which lots were drawn.
        SessionPutForward = "session.put_forward",
        /// The planned end of an open vote: minutes from then on, or none.
        SessionPlanEnd = "session.plan_end",
        /// 一并签到: a poll is checked in for with another one of the meeting, or on its own again.
        SessionShareCheckIn = "session.share_check_in",
        /// Called the poll that follows a vote.
        SessionCallFollowUp = "session.call_follow_up",
        /// The office wrote the rule of a poll.
        SessionWriteRules = "session.write_rules",
        /// A candidate was added.
        ShortlistAdd = "shortlist.add",
        /// The office answered a comment.
        ShortlistAnswer = "shortlist.answer",
        /// A candidate was changed.
        ShortlistChange = "shortlist.change",
        /// A person commented on the shortlist.
        ShortlistComment = "shortlist.comment",
        /// The shortlist was published.
        ShortlistPublish = "shortlist.publish",
        /// A candidate was taken off the shortlist.
        ShortlistRemove = "shortlist.remove",
        /// The party committee's review was entered.
        ShortlistReview = "shortlist.review",
    }
}
