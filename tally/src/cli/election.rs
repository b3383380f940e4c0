//! `tally election …`: every act of an election without the server, in one folder.

mod counting;
mod deciding;
mod disk;
#[cfg(feature = "faults")]
mod fault;
mod folder;
mod hold;
mod key;
mod lists;
mod memory;
mod paper;
mod recorded;
mod revoke;
mod setup;
mod stating;
mod trustee;
mod voting;

use std::path::Path;

use ballot::Group;
use ballot::group::{InGroup, UnknownGroup, in_group};
use folder::Folder;

use super::CommandError;

/// The commands in the order of an election.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a folder with the rule, the labels of its items and an election id.
    #[command(after_help = "Writes DIR/poll.json and DIR/rule.toml.\n\n\
        Examples:\n  tally election setup vote --rule rule.toml --labels labels.txt --name 民生实事项目票决 --trustees 3 --threshold 2\n  \
        tally election setup vote --rule rule.toml --group BELENIOS-2048    # which every release of belenios-tool reads\n\
        Next: tally election credentials vote --count 213 --cards cards.html")]
    Setup(setup::Setup),
    /// Generate the credentials: cards to print for the voters, and the public roll.
    #[command(
        after_help = "Writes DIR/roll.json, which is public, and the cards, which must stay secret: print them, cut them up, let each voter\n\
        draw one, and destroy the file. If the rule reserves paper ballots, that many of the credentials go to a file for the\n\
        tellers instead, and their public parts to DIR/paper-credentials.json.\n\n\
        Examples:\n  tally election credentials vote --count 213 --cards cards.html\n  \
        tally election credentials vote --count 213 --cards cards.html --paper paper.txt\n\
        Next: tally election trustee join vote --number 1 --key trustee-1.key"
    )]
    Credentials(setup::Credentials),
    /// A trustee's rounds of the key ceremony.
    #[command(
        after_help = "Each trustee uses their own device and key file; the folder is passed around or kept on a network share.\n\
        With a threshold the rounds are join, commit, reveal, acknowledge, finish; a round starts only when every trustee has\n\
        completed the previous one. Without a threshold: join, finish."
    )]
    Trustee {
        #[command(subcommand)]
        command: trustee::Command,
    },
    /// Open the vote: the election object, bound to rule, roll and trustees.
    #[command(after_help = "Writes DIR/election.bel.\n\n\
        Examples:\n  tally election open vote\n\
        Next, each trustee: tally election approve vote --key trustee-1.key")]
    Open(setup::Open),
    /// State, signed, that this is the election which this trustee's device computes.
    #[command(
        after_help = "Recomputes the election from rule, roll and the trustees of the ceremony. Writes DIR/approvals/trustee-N.json and shows the\n\
        election's print, which must be the same for all trustees and on every device that votes.\n\n\
        Examples:\n  tally election approve vote --key trustee-1.key"
    )]
    Approve(stating::Approve),
    /// Seal a ballot, or challenge one that was sealed.
    Ballot {
        #[command(subcommand)]
        command: voting::BallotCommand,
    },
    /// Cast a sealed ballot.
    #[command(
        after_help = "Adds NAME.ballot.json to DIR/election.bel and deletes NAME.opening.json, which reveals the choice.\n\n\
        Examples:\n  tally election cast vote mine"
    )]
    Cast(voting::Cast),
    /// Seal the paper ballots under the reserved credentials, once two tellers have entered the same.
    #[command(
        after_help = "Run this after emptying the box and before the close. Number the sheets. Two tellers enter them independently, one\n\
        line per sheet: its number and one choice per question, such as `7 1,3`, `8 none`, `9 blank`, or `10 invalid` if the chief\n\
        scrutineer so rules. If the two lists differ, nothing is sealed and every difference is reported. Sheets with too many\n\
        ticks count as invalid: enter what is on them. Writes DIR/paper.json; the close voids unused reserved credentials.\n\
        If interrupted, run it again: no sheet is sealed twice.\n\n\
        Examples:\n  tally election paper vote --first teller-1.txt --second teller-2.txt --credentials paper.txt"
    )]
    Paper(paper::Paper),
    /// Revoke the credential on a lost card: its ballots are no longer accepted, and the voter votes on paper.
    #[command(
        after_help = "The office and the chief scrutineer do this together, before the close. Adds to DIR/revocations.json.\n\
        A credential that has already cast a ballot cannot be revoked: that ballot counts.\n\n\
        Examples:\n  tally election revoke vote --public 3f2a9b1c0d4477ee    # from the stub the voter kept\n  \
        tally election revoke vote --card card.txt              # from the card itself"
    )]
    Revoke(revoke::Revoke),
    /// End voting and add up the sealed ballots.
    #[command(
        after_help = "Nothing can be cast, revoked or sealed afterwards. Voids unused reserved paper credentials (DIR/voided.json); with\n\
        --no-paper it also writes DIR/paper.json for an empty box.\n\n\
        Examples:\n  tally election close vote\n  tally election close vote --no-paper    # if the rule reserves paper ballots and the box is empty\n\
        Next, each trustee: tally election attest vote --key trustee-1.key"
    )]
    Close(voting::Close),
    /// State, signed and once only, which ballots are summed, before anything is decrypted.
    #[command(
        after_help = "Checks the archive, the rule, the roll and every ballot, recomputes the encrypted tally, and shows the number of ballots and\n\
        the tally's print: compare both aloud. Writes DIR/closings/trustee-N.json, and leaves a record beside the key,\n\
        KEY.closing.json, and in the user's own folder: a key with such a record states and decrypts nothing else.\n\n\
        Where the rule names a public record, --record compares the ballots with it first.\n\n\
        Examples:\n  tally election attest vote --key trustee-1.key --ballots 4    # as many as were reported aloud\n  \
        tally election attest vote --key trustee-1.key                # asks for the number\n\
        Next, when all have: tally election decrypt vote --key trustee-1.key"
    )]
    Attest(stating::Attest),
    /// Make a trustee's partial decryption, once only, after checking the whole archive.
    #[command(
        after_help = "Checks the archive, the rule, the roll and every ballot, recomputes the encrypted tally and decrypts that tally only, if this\n\
        device and enough others have stated it. Done again it gives the same bytes, and never another decryption.\n\n\
        Examples:\n  tally election decrypt vote --key trustee-1.key\n  \
        tally election decrypt vote --key trustee-1.key --present 1,3    # those in the hall, who have compared the prints\n\
        Next: tally election result vote"
    )]
    Decrypt(counting::Decrypt),
    /// Combine the partial decryptions into the counts. Invalid ones are reported and left out.
    #[command(
        after_help = "Exit code: 0 if there is a result, 1 if too few partial decryptions are valid.\n\n\
        Examples:\n  tally election result vote\n\
        Next: tally election decide vote --present 180"
    )]
    Result(counting::Count),
    /// Apply the rule to the counts.
    #[command(
        after_help = "Writes DIR/figures.json, DIR/decision.json and, with --lot, DIR/lot.json.\n\n\
        Examples:\n  tally election decide vote --present 180\n  \
        tally election decide vote --present 180 --paper-issued 3\n\
        Next: tally election bundle vote --out poll.zip"
    )]
    Decide(deciding::Decide),
    /// Put everything an auditor needs into one file.
    #[command(
        after_help = "Examples:\n  tally election bundle vote --out poll.zip\n  tally verify poll.zip"
    )]
    Bundle(counting::MakeBundle),
}

/// All but the setup happen in a folder, and in the group of its poll.
pub(super) fn run(command: &Command) -> Result<u8, CommandError> {
    if let Command::Setup(arguments) = command {
        return setup::setup(arguments);
    }
    let folder = Folder::open(command.dir())?;
    let group = folder.poll.group();
    let work = Work {
        command,
        folder: &folder,
    };
    in_group(group, work)
        .ok_or_else(|| CommandError::Argument(UnknownGroup(group.to_owned()).to_string()))?
}

/// A command in the poll's group.
struct Work<'w> {
    command: &'w Command,
    folder: &'w Folder,
}

impl InGroup for Work<'_> {
    type Output = Result<u8, CommandError>;

    fn run<G: Group>(self) -> Self::Output {
        let folder = self.folder;
        match self.command {
            Command::Setup(arguments) => setup::setup(arguments),
            Command::Credentials(arguments) => setup::credentials::<G>(folder, arguments),
            Command::Trustee { command } => trustee::run::<G>(folder, command),
            Command::Open(_) => setup::open::<G>(folder),
            Command::Approve(arguments) => stating::approve::<G>(folder, arguments),
            Command::Ballot { command } => voting::ballot::<G>(folder, command),
            Command::Cast(arguments) => voting::cast::<G>(folder, arguments),
            Command::Paper(arguments) => paper::paper::<G>(folder, arguments),
            Command::Revoke(arguments) => revoke::revoke::<G>(folder, arguments),
            Command::Close(arguments) => voting::close::<G>(folder, arguments),
            Command::Attest(arguments) => stating::attest::<G>(folder, arguments),
            Command::Decrypt(arguments) => counting::decrypt::<G>(folder, arguments),
            Command::Result(_) => counting::result::<G>(folder),
            Command::Decide(arguments) => deciding::decide::<G>(folder, arguments),
            Command::Bundle(arguments) => counting::bundle::<G>(folder, arguments),
        }
    }
}

impl Command {
    fn dir(&self) -> &Path {
        match self {
            Self::Setup(arguments) => &arguments.dir,
            Self::Credentials(arguments) => &arguments.dir,
            Self::Trustee { command } => command.dir(),
            Self::Open(arguments) => &arguments.dir,
            Self::Approve(arguments) => &arguments.dir,
            Self::Ballot { command } => command.dir(),
            Self::Cast(arguments) => &arguments.dir,
            Self::Paper(arguments) => &arguments.dir,
            Self::Revoke(arguments) => &arguments.dir,
            Self::Close(arguments) => &arguments.dir,
            Self::Attest(arguments) => &arguments.dir,
            Self::Decrypt(arguments) => &arguments.dir,
            Self::Result(arguments) => &arguments.dir,
            Self::Decide(arguments) => &arguments.dir,
            Self::Bundle(arguments) => &arguments.dir,
        }
    }
}
