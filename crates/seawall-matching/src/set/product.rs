//! Products: what sources say of devices and programs that no package ecosystem lists.

use super::code::Eye;
use super::layout::Part;
use super::{Hit, PRODUCT_ORDER, Set, SetFault, hash};
use seawall_domain::component::{Component, Product};
use seawall_domain::package::Version;
use seawall_domain::range::Basis;
use seawall_domain::record::{ProductRecord, ProductVersions};
use seawall_domain::statement::Status;

impl<B: AsRef<[u8]>> Set<B> {
    /// The records that hit a component as a product; none when nobody speaks of the product.
    pub(super) fn product_hits(&self, component: &Component) -> Result<Option<Vec<Hit>>, SetFault> {
        let Some(product) = &component.product else { return Ok(None) };
        let Some(said) = self.product(product)? else { return Ok(None) };
        let hits = said
            .into_iter()
            .filter(|(_, said)| said.status == Status::Affected && covers(said, product))
            .map(|(record, said)| Hit {
                record,
                interval: None,
                listed: matches!(said.versions, ProductVersions::Listed(_)),
                intervals: match &said.versions {
                    ProductVersions::Within(intervals) => intervals.clone(),
                    ProductVersions::All
                    | ProductVersions::Listed(_)
                    | ProductVersions::Text(_) => Vec::new(),
                },
                fixed: Vec::new(),
                basis: Basis::Stated,
                product: Some(said),
                commit: None,
            });
        Ok(Some(hits.collect()))
    }

    /// What every record says of a product by vendor and name.
    pub fn product(
        &self,
        product: &Product,
    ) -> Result<Option<Vec<(u32, ProductRecord)>>, SetFault> {
        let hash = hash::hash(&[&product.vendor, &product.name]);
        self.find(Part::Products, hash, |place| {
            let mut eye = Eye::new(self.frame(Part::ProductShelves, place)?, "product shelf");
            if eye.text().ok() != Some(product.vendor.as_str())
                || eye.text().ok() != Some(product.name.as_str())
            {
                return Ok(None);
            }
            let said = eye.list(|eye| {
                let record = u32::try_from(eye.number()?).map_err(|_| eye.fault())?;
                let said = serde_json::from_slice(eye.frame()?).map_err(|_| eye.fault())?;
                Ok((record, said))
            })?;
            Ok(Some(said))
        })
    }
}

/// Whether a source speaks of this version. Where it says which versions in words that no rule
/// reads, it is taken to speak of it: doubt is shown, not dropped.
fn covers(said: &ProductRecord, product: &Product) -> bool {
    let version = Version(product.version.trim().to_owned());
    match &said.versions {
        ProductVersions::All | ProductVersions::Text(_) => true,
        ProductVersions::Listed(listed) => {
            listed.iter().any(|one| one.0.trim().eq_ignore_ascii_case(&version.0))
        }
        ProductVersions::Within(intervals) => {
            !version.0.is_empty() && crate::ranges::contains(&PRODUCT_ORDER, intervals, &version)
        }
    }
}
