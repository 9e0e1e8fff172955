use crate::fault::FormatFault;
/// Stub.
pub fn check(_bytes: &[u8]) -> Result<(), Vec<FormatFault>> {
    Ok(())
}
