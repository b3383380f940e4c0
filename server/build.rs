//! Rebuilds the server when a file is added to what it embeds (the macros that embed notice changed files, not new
//! ones), and refuses to make one whose pages could not seal a ballot or check a result.

use std::path::Path;

/// What `./dev wasm` makes.
const WEB_ASSEMBLY: [&str; 4] = ["ballot.js", "ballot_bg.wasm", "tally.js", "tally_bg.wasm"];

fn main() -> Result<(), String> {
    for folder in ["assets", "i18n"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let folder = Path::new("assets/wasm");
    for name in WEB_ASSEMBLY {
        if !folder.join(name).is_file() {
            return Err(format!(
                "server/assets/wasm/{name} is missing: without it nobody can vote. Run `./dev wasm` first."
            ));
        }
    }
    Ok(())
}
