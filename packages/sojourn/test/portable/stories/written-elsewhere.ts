/**
 * Sessions that Node 20 wrote, on the day on which the stories' clock stands, and their tokens: digests, seals and text are
 * the same everywhere.
 */
export const writtenElsewhere = [
  {
    sealing: false,
    token: "5xjoCMDZyk_bYj6YjkeR3A.WRQoQt7fHnINVrWtndkJEQwIcGxP8DP3-Asw0obzfslA",
    row: {
      id: "5xjoCMDZyk_bYj6YjkeR3A",
      version: 2,
      userId: "alice",
      ref: null,
      expiresAt: 1767231000000,
      body: '1V7MOK8cWK4m5WBRiXCplhuCQ0yCbL3w0UZ7hIY4MecTZpax3s-O2lZo_i1r75egjc mjuohs00 0 0 0 1,0 WLxwxj17mHsVkAIV\n\n{"cart":["tea","Käse 🧀"]}',
    },
  },
  {
    sealing: true,
    token: "MwTN-Dycq72JjuOj4aX0CQ.zAWvptVDn9CHtHNnIQf4_wjyj1Dgvkw03_hUtsQ6rgrA",
    row: {
      id: "MwTN-Dycq72JjuOj4aX0CQ",
      version: 2,
      userId: "alice",
      ref: null,
      expiresAt: 1767231000000,
      body: "~k1.rEQYvsjZ_MZ8NUMawsAJUmyVrpul6ephGX5m3Yho8dBgYfMXkwlk-qczE8Z0iKr2Ueebuo19o2VYgTCyu8-RdpcS3jyjHckRVUsUa9kZBwdMgWH9Rs4dmG0viQI4mhMLlacsTc6e-UYVIh4G3A_tqOc1aSi3Gg5-WooCgdop6MIwT1rmGdpeBa64Kcs5odp3ftiVuq0bZtaYKOQOZv_O110",
    },
  },
];
