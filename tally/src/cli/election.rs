//! `tally election …`: every act of an election without the server, in one folder.

mod counting;
mod deciding;
mod folder;
mod key;
mod lists;
mod paper;
mod recorded;
mod revoke;
mod setup;
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
    /// Begin: a folder with the rule, the labels of its items and an election id.
    #[command(after_help = "Writes DIR/poll.json and DIR/rule.toml.\n\n\
        Examples:\n  tally election setup vote --rule rule.toml --labels labels.txt --name 民生实事项目票决 --trustees 3 --threshold 2\n  \
        tally election setup vote --rule rule.toml --group BELENIOS-2048    # which every release of belenios-tool reads\n\
        Next: tally election credentials vote --count 213 --cards cards.html")]
    Setup(setup::Setup),
    /// Make the credentials: cards to print for the voters, the roll for everybody.
    #[command(
        after_help = "Writes DIR/roll.json, which everybody may see, and the cards, which nobody may see: print them, cut them,\n\
        let each voter draw one, and destroy the file. Where the rule reserves paper ballots, that many of the credentials go\n\
        to a file for the tellers instead, and their public parts to DIR/paper-credentials.json.\n\n\
        Examples:\n  tally election credentials vote --count 213 --cards cards.html\n  \
        tally election credentials vote --count 213 --cards cards.html --paper paper.txt\n\
        Next: tally election trustee join vote --number 1 --key trustee-1.key"
    )]
    Credentials(setup::Credentials),
    /// A trustee's rounds of the key ceremony.
    #[command(
        after_help = "Each trustee uses a device and a key file of its own; the folder goes round, or lies on a share.\n\
        With a threshold the rounds are join, commit, reveal, acknowledge, finish; nobody begins a round before all have\n\
        done the one before it. Without a threshold: join, finish."
    )]
    Trustee {
        #[command(subcommand)]
        command: trustee::Command,
    },
    /// Open the vote: the election object, bound to rule, roll and trustees.
    #[command(after_help = "Writes DIR/election.bel.\n\n\
        Examples:\n  tally election open vote\n\
        Next: tally election ballot seal vote --credential card.txt --choose 1,3 --out mine")]
    Open(setup::Open),
    /// Seal a ballot, or challenge one that was sealed.
    Ballot {
        #[command(subcommand)]
        command: voting::BallotCommand,
    },
    /// Cast a sealed ballot.
    #[command(
        after_help = "Adds NAME.ballot.json to DIR/election.bel and deletes NAME.opening.json, which tells the choice.\n\n\
        Examples:\n  tally election cast vote mine"
    )]
    Cast(voting::Cast),
    /// Seal the paper ballots under the reserved credentials, where two tellers have typed the same.
    #[command(
        after_help = "When the box is emptied, before the close. Number the sheets; two tellers type them without a look at each other, a\n\
        line a sheet: its number and one choice for each question, like `7 1,3`, `8 none`, `9 blank`, or `10 invalid` as the chief\n\
        scrutineer rules. If they differ anywhere, nothing is sealed and every difference is named. Over-ticked sheets are invalid\n\
        by themselves: type what is on them. Writes DIR/paper.json; the close voids the reserved credentials left over.\n\
        If it is interrupted, do it again: no sheet is sealed twice.\n\n\
        Examples:\n  tally election paper vote --first teller-1.txt --second teller-2.txt --credentials paper.txt"
    )]
    Paper(paper::Paper),
    /// Revoke the credential of a lost card: no ballot of it is accepted any more, and its voter votes on paper.
    #[command(
        after_help = "The office and the chief scrutineer do this together, before the close. Adds to DIR/revocations.json.\n\
        A credential that has cast a ballot is not revoked: that ballot counts.\n\n\
        Examples:\n  tally election revoke vote --public 3f2a9b1c0d4477ee    # from the stub that the voter keeps\n  \
        tally election revoke vote --card card.txt              # from the card itself"
    )]
    Revoke(revoke::Revoke),
    /// End the ballots and add them up, still sealed.
    #[command(
        after_help = "Nothing is cast, revoked or sealed afterwards. Voids the reserved paper credentials that are left over (DIR/voided.json);\n\
        with --no-paper also writes DIR/paper.json, of an empty box.\n\n\
        Examples:\n  tally election close vote\n  tally election close vote --no-paper    # where the rule reserves paper, and the box is empty\n\
        Next, each trustee: tally election decrypt vote --key trustee-1.key"
    )]
    Close(voting::Close),
    /// A trustee's partial decryption: checks the whole archive first, and does it once, ever.
    #[command(
        after_help = "Checks the archive, the rule, the roll and every ballot, recomputes the encrypted tally, and decrypts that one\n\
        tally. Beside the key a record is left, KEY.decrypted.json; with it the key decrypts nothing more.\n\n\
        Examples:\n  tally election decrypt vote --key trustee-1.key\n\
        Next: tally election result vote"
    )]
    Decrypt(counting::Decrypt),
    /// Count: combine the partial decryptions. Invalid ones are named and left out.
    #[command(
        after_help = "Exit code: 0 if there is a result, 1 if too few partial decryptions are valid.\n\n\
        Examples:\n  tally election result vote\n\
        Next: tally election decide vote --signed-in 180"
    )]
    Result(counting::Count),
    /// Decide by the rule.
    #[command(
        after_help = "Writes DIR/figures.json, DIR/decision.json and, with --lot, DIR/lot.json.\n\n\
        Examples:\n  tally election decide vote --signed-in 180\n  \
        tally election decide vote --signed-in 180 --paper-issued 3\n\
        Next: tally election bundle vote --out poll.zip"
    )]
    Decide(deciding::Decide),
    /// Put everything that an auditor needs into one file.
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
            Command::Ballot { command } => voting::ballot::<G>(folder, command),
            Command::Cast(arguments) => voting::cast::<G>(folder, arguments),
            Command::Paper(arguments) => paper::paper::<G>(folder, arguments),
            Command::Revoke(arguments) => revoke::revoke::<G>(folder, arguments),
            Command::Close(arguments) => voting::close::<G>(folder, arguments),
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
            Self::Ballot { command } => command.dir(),
            Self::Cast(arguments) => &arguments.dir,
            Self::Paper(arguments) => &arguments.dir,
            Self::Revoke(arguments) => &arguments.dir,
            Self::Close(arguments) => &arguments.dir,
            Self::Decrypt(arguments) => &arguments.dir,
            Self::Result(arguments) => &arguments.dir,
            Self::Decide(arguments) => &arguments.dir,
            Self::Bundle(arguments) => &arguments.dir,
        }
    }
}
