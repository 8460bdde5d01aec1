/** The version of the schemas that this release needs: the number of the last step in each of them. */
export const schemaVersion = 1;
