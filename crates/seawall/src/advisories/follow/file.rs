//! Following a source that is one file: fetched anew when it changed.

use super::address::Source;
use super::client::Client;
use super::download::{Download, Downloaded, Validator};
use super::state::{Folder, State};
use super::{Came, Delivery, Take, whole};
use anyhow::bail;

/// Fetches the file unless it is as it was.
pub async fn fetch(
    client: &Client,
    source: &Source,
    folder: &Folder,
    state: &State,
    take: Take,
) -> anyhow::Result<Came> {
    let download = Download::new(client, folder, source.url());
    let before = match take {
        Take::Changes => state.whole.clone(),
        Take::Whole => Validator::default(),
    };
    match download.run(&before).await? {
        Downloaded::Unchanged => Ok(Came::unchanged(state.clone())),
        Downloaded::Missing => bail!("there is no {}", source.url()),
        Downloaded::Whole(validator) => {
            let checked = whole::check(source.kind(), download.whole());
            checked.inspect_err(|_| drop(download.discard()))?;
            let state = State { whole: validator, ..state.clone() };
            Ok(Came::new(Delivery::Whole(download.whole().to_owned()), state))
        }
    }
}
