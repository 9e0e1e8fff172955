//! Bounds on what is kept of a document: a text that is repeated for many things is cut, and a list
//! without repeats is short, so that a small document cannot become a large one in memory.

/// How many severities or weakness classes are kept of one record; real ones have below 20.
const DISTINCT_MAX: usize = 128;

/// The start of a text, in characters; `…` stands for the rest.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Adds an item unless it is there already, or the list is full.
pub(crate) fn add_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() < DISTINCT_MAX && !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_lists_stay_short() {
        assert_eq!((cut("éa", 2), cut("éab", 2)), ("éa".to_owned(), "éa…".to_owned()));
        let mut list = vec![1];
        (0..1_000).for_each(|number| add_new(&mut list, number / 2));
        assert_eq!((list.len(), list.get(..3)), (DISTINCT_MAX, Some(&[1, 0, 2][..])));
    }
}
