//! The process wall's other side as a program of its own, for tests and for trying things out;
//! in a microVM it is the guest's first process.

use seawall_sandbox::microvm;

fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some(microvm::SUBCOMMAND) {
        return microvm::live();
    }
    seawall_sandbox::wall::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
