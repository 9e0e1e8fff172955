//! A writer of database files with B+ trees of pages, in the published page layout of bbolt: two
//! pages of meta data, one of free pages, then leaves and branches; small buckets stand inline.

use std::collections::BTreeMap;

const PAGE_BYTES: usize = 4_096;
const HEAD_BYTES: usize = 16;
const BRANCH: u16 = 1;
const LEAF: u16 = 2;
const META: u16 = 4;
const FREE: u16 = 16;

/// Names and what stands under them.
pub type Bucket = BTreeMap<Vec<u8>, Item>;

pub enum Item {
    Value(Vec<u8>),
    Bucket(Bucket),
}

/// The bytes of a database with these buckets on top.
pub fn file(root: &Bucket) -> Vec<u8> {
    let mut pages = Pages { bytes: Vec::new(), next: 4 };
    let items: Vec<_> = root.iter().map(|(key, item)| (key.as_slice(), item)).collect();
    let root = pages.tree(&items);
    let mut bytes = Vec::new();
    for number in 0..2u64 {
        bytes.extend(page(number, META, 0, &meta(root, pages.next, number + 2)));
    }
    bytes.extend(page(2, FREE, 0, &[]));
    bytes.extend(page(3, LEAF, 0, &[]));
    bytes.extend(pages.bytes);
    bytes
}

fn meta(root: u64, high: u64, transaction: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for half in [0xED0C_DAEDu32, 2, PAGE_BYTES as u32, 0] {
        bytes.extend(half.to_le_bytes());
    }
    for word in [root, 0, 2, high, transaction] {
        bytes.extend(word.to_le_bytes());
    }
    let mut sum = 0xcbf2_9ce4_8422_2325u64;
    for byte in &bytes {
        sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    bytes.extend(sum.to_le_bytes());
    bytes
}

/// A page with its head, as many whole pages long as it needs.
fn page(number: u64, kind: u16, count: usize, body: &[u8]) -> Vec<u8> {
    let whole = (HEAD_BYTES + body.len()).div_ceil(PAGE_BYTES);
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend((count as u16).to_le_bytes());
    bytes.extend((whole as u32 - 1).to_le_bytes());
    bytes.extend(body);
    bytes.resize(whole * PAGE_BYTES, 0);
    bytes
}

/// An element of a leaf: its key, its value, and whether the value is a bucket.
struct Element {
    key: Vec<u8>,
    value: Vec<u8>,
    flag: u32,
}

impl Element {
    fn len(&self) -> usize {
        HEAD_BYTES + self.key.len() + self.value.len()
    }
}

fn leaf(elements: &[Element]) -> Vec<u8> {
    let (mut head, mut body) = (Vec::new(), Vec::new());
    for (number, element) in elements.iter().enumerate() {
        let place = HEAD_BYTES * (elements.len() - number) + body.len();
        for half in [element.flag, place as u32, element.key.len() as u32] {
            head.extend(half.to_le_bytes());
        }
        head.extend((element.value.len() as u32).to_le_bytes());
        body.extend(&element.key);
        body.extend(&element.value);
    }
    [head, body].concat()
}

struct Pages {
    bytes: Vec<u8>,
    next: u64,
}

impl Pages {
    fn add(&mut self, kind: u16, count: usize, body: &[u8]) -> u64 {
        let number = self.next;
        let page = page(number, kind, count, body);
        self.next += (page.len() / PAGE_BYTES) as u64;
        self.bytes.extend(page);
        number
    }

    fn element(&mut self, key: &[u8], item: &Item) -> Element {
        let (value, flag) = match item {
            Item::Value(value) => (value.clone(), 0),
            Item::Bucket(bucket) => (self.bucket(bucket), 1),
        };
        Element { key: key.to_vec(), value, flag }
    }

    /// The value of a bucket: inline when it is small and holds no other, else its root page.
    fn bucket(&mut self, bucket: &Bucket) -> Vec<u8> {
        let flat = bucket.values().all(|item| matches!(item, Item::Value(_)));
        let size: usize = bucket
            .iter()
            .map(|(key, item)| match item {
                Item::Value(value) => HEAD_BYTES + key.len() + value.len(),
                Item::Bucket(_) => PAGE_BYTES,
            })
            .sum();
        if flat && HEAD_BYTES + size <= PAGE_BYTES / 4 {
            let elements: Vec<Element> =
                bucket.iter().map(|(key, item)| self.element(key, item)).collect();
            let mut value = vec![0; 24];
            value.extend(LEAF.to_le_bytes());
            value.extend((elements.len() as u16).to_le_bytes());
            value.extend(0u32.to_le_bytes());
            value.extend(leaf(&elements));
            return value;
        }
        let items: Vec<_> = bucket.iter().map(|(key, item)| (key.as_slice(), item)).collect();
        let root = self.tree(&items);
        [root.to_le_bytes(), [0; 8]].concat()
    }

    /// Leaves, and branches above them until one page is left; its number.
    fn tree(&mut self, items: &[(&[u8], &Item)]) -> u64 {
        let mut level: Vec<(Vec<u8>, u64)> = Vec::new();
        let (mut elements, mut size): (Vec<Element>, usize) = (Vec::new(), HEAD_BYTES);
        for (key, item) in items {
            let element = self.element(key, item);
            if !elements.is_empty() && size + element.len() > PAGE_BYTES {
                level.push(self.leaves(&mut elements));
                size = HEAD_BYTES;
            }
            size += element.len();
            elements.push(element);
        }
        if !elements.is_empty() || level.is_empty() {
            level.push(self.leaves(&mut elements));
        }
        while level.len() > 1 {
            level = self.branches(&level);
        }
        level.first().map_or(0, |(_, number)| *number)
    }

    fn leaves(&mut self, elements: &mut Vec<Element>) -> (Vec<u8>, u64) {
        let elements = std::mem::take(elements);
        let first = elements.first().map(|element| element.key.clone()).unwrap_or_default();
        (first, self.add(LEAF, elements.len(), &leaf(&elements)))
    }

    fn branches(&mut self, level: &[(Vec<u8>, u64)]) -> Vec<(Vec<u8>, u64)> {
        let (mut up, mut rest) = (Vec::new(), level);
        while !rest.is_empty() {
            let (mut many, mut size) = (0, HEAD_BYTES);
            for (key, _) in rest {
                if many >= 2 && size + HEAD_BYTES + key.len() > PAGE_BYTES {
                    break;
                }
                size += HEAD_BYTES + key.len();
                many += 1;
            }
            let (group, others) = rest.split_at(many);
            let (mut head, mut body) = (Vec::new(), Vec::new());
            for (number, (key, child)) in group.iter().enumerate() {
                let place = HEAD_BYTES * (many - number) + body.len();
                head.extend((place as u32).to_le_bytes());
                head.extend((key.len() as u32).to_le_bytes());
                head.extend(child.to_le_bytes());
                body.extend(key);
            }
            let first = group.first().map(|(key, _)| key.clone()).unwrap_or_default();
            up.push((first, self.add(BRANCH, many, &[head, body].concat())));
            rest = others;
        }
        up
    }
}
