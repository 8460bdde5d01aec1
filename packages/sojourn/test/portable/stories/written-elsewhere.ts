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
      body: '1 V7MOK8cWK4m5WBRiXCplhuCQ0yCbL3w0UZ7hIY4MecTZpax3s-O2lZo_i1r75egjc mjuohs00 0 0 0 1,0 WLxwxj17mHsVkAIV 0\n\n{"cart":["tea","Käse 🧀"]}',
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
      body: "~k1.TQsl8Hos8kvAvb4PHigKg7AaKqX-PrNrTEqFdIWMZSi5MoluGqXrXVhJHDhFa5VQcULCAU6WXVw1g1guhKV-LB8o-NIUVz5RK49eC0DN3QnwhJeBMuG4ZSPr4n-5SdYIG9HS1-69-VtOi3T2T9LSgFsdHT1gLA5KdZerCZTkPeXdTAm7DP0USb91UI0piqCuPTl9g1EWPb4PPP64m2GkellpMCE",
    },
  },
];
