//! `#[derive(JsonSchema)]` for programs that carry no schemas: it accepts what the derive of `schemars` accepts and
//! derives nothing. With it the types of the API need no condition on each derive and each attribute.

use proc_macro::TokenStream;

/// Derives nothing.
#[proc_macro_derive(JsonSchema, attributes(schemars))]
pub fn json_schema(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
