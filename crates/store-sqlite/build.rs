//! Builds again when a migration was added: the macro that embeds the folder can't see that by itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
