//! Rebuilds the server when a file is added to what it embeds: the macros that embed notice changed files, not
//! new ones.

fn main() {
    for folder in ["assets", "i18n"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
