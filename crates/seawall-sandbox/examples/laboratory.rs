//! The process wall's other side as a program of its own, for tests and for trying things out.

fn main() -> std::io::Result<()> {
    seawall_sandbox::wall::serve(std::io::stdin().lock(), std::io::stdout().lock())
}
