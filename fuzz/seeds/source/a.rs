T::f
impl<'a> T<'a> {
    pub(crate) unsafe fn f<T>(x: &'a str) -> Box<dyn Fn()> { r#"fn g() {}"#; /* /* */ */ } }
