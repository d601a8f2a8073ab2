//! The Extensible Metadata Platform (ISO 16684-1): what a file says of its origin, for formats without a place of their own.

use super::Metadata;
use super::svg::escaped;

/// The packet in its wrapper.
pub(super) fn packet(metadata: &Metadata) -> String {
    // The identifier is the same in every packet (XMP part 1, 7.3.2).
    let mut text = String::from(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n",
    );
    let mut translated = |name: &str, value: &Option<String>| {
        if let Some(value) = value {
            let value = escaped(value);
            text += &format!(
                "<dc:{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{value}</rdf:li></rdf:Alt></dc:{name}>\n"
            );
        }
    };
    translated("title", &metadata.title);
    translated("description", &metadata.command);
    text += &format!("<xmp:CreatorTool>{}</xmp:CreatorTool>\n", escaped(&metadata.creator));
    if let Some(date) = metadata.date {
        let date = super::surface::iso_date(date);
        text += &format!("<xmp:CreateDate>{date}</xmp:CreateDate>\n");
    }
    text + "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>"
}
