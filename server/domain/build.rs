//! Rebuilds when a migration is added: the macro that embeds them notices changed files, not new ones.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
