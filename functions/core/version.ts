/** The version in package.json. It is a copy, because an import would put all of package.json into the bundles. A test compares the two. */
export const VERSION = '0.2.0';
