//! Round 1: a device takes its place.

use ballot::Group;
use ballot::trustee::ceremony::{Certified, Place};
use ballot::trustee::{SecretKey, VerificationKey};
use ballot::wire::Wire as _;

use super::{Join, refused, setting};
use crate::cli::election::disk::{already_there, is_there};
use crate::cli::election::folder::{Folder, message_name, parse, trustee_id};
use crate::cli::election::hold::Held;
use crate::cli::election::key::{Device, State};
use crate::cli::terminal::say;
use crate::cli::{CommandError, fresh_rng, read};

pub(super) fn join<G: Group>(folder: &Folder, arguments: &Join) -> Result<u8, CommandError> {
    let number = arguments.number;
    if number == 0 || number > folder.poll.trustees() {
        return Err(CommandError::Argument(format!(
            "--number {number}: the trustees are numbered from 1 to {}",
            folder.poll.trustees()
        )));
    }
    let held = folder.hold()?;
    let name = message_name(
        if setting(folder)?.is_some() {
            "1-certificate"
        } else {
            "key"
        },
        number,
    );
    let device = if is_there(&arguments.key) {
        Device::<G>::read(folder, &arguments.key)
            .ok()
            .filter(|device| device.number == number)
    } else if is_there(&folder.path(&name)) {
        // Before the key file is made: a place that is taken stays with who took it.
        return Err(CommandError::Refused(format!(
            "{} is there: trustee {number} has joined already; take another number",
            folder.path(&name).display()
        )));
    } else {
        Some(new_device(folder, arguments)?)
    };
    // A key file without its message: whoever joined was interrupted.
    match device.as_ref().map(|device| &device.state) {
        Some(State::Certified(state)) => {
            held.send(&name, &state.message())?;
            if arguments.show_passphrase {
                say!("passphrase {}", state.seed().expose());
            }
        }
        Some(State::Key(key)) if setting(folder)?.is_none() => send_key(&held, &name, key)?,
        _ => return Err(already_there(&arguments.key)),
    }
    say!(
        "trustee {number} has joined; keep {} to yourself",
        arguments.key.display()
    );
    Ok(0)
}

fn new_device<G: Group>(folder: &Folder, arguments: &Join) -> Result<Device<G>, CommandError> {
    let (number, mut rng) = (arguments.number, fresh_rng()?);
    let (state, signing) = if let Some(setting) = setting(folder)? {
        let place = Place::new(setting, trustee_id(number)?).map_err(refused)?;
        let device = Certified::<G>::start(place, &mut rng);
        let signing = device.seed().signing_key();
        (State::Certified(device), Some(signing))
    } else {
        (State::Key(SecretKey::generate(&mut rng)), None)
    };
    Device::create(folder, &arguments.key, number, state, signing)
}

/// Sends a key that was made alone, unless it has been sent: each proof of possession is another one.
fn send_key<G: Group>(held: &Held<'_>, name: &str, key: &SecretKey<G>) -> Result<(), CommandError> {
    let path = held.path(name);
    if is_there(&path) {
        let sent: VerificationKey<G> = parse(&path, &read(&path)?)?;
        if *sent.public_key() == key.public_key() {
            return Ok(());
        }
    }
    held.send(name, &key.verification_key(&mut fresh_rng()?).to_json())
}
