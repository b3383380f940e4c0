//! Writes every target's valid inputs to `FOLDER/TARGET/`, where the search by coverage can begin with them.
#![allow(clippy::expect_used, reason = "a tool for developers may fail loudly")]

use std::path::PathBuf;

fn main() {
    let folder = std::env::args_os().nth(1).expect("a folder is named");
    for target in tally_fuzz::TARGETS {
        let folder = PathBuf::from(&folder).join(target.name);
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (number, seed) in (target.seeds)().iter().enumerate() {
            let path = folder.join(format!("seed-{number}"));
            std::fs::write(path, seed).expect("the seed can be written");
        }
    }
}
