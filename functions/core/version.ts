/** The version in package.json, which would be in the bundles as a whole if it were read there; a test compares the two. */
export const VERSION = '0.2.0';
