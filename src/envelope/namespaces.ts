// The XML namespaces of an envelope, and the prefixes that are written (readers go by namespace, domain §3).

export const namespaces = {
  env: 'urn:th:go:moi:saraban:envelope:1',
  rsm: 'urn:th:gov:egif:data:standard:GovernmentDocument:1.0',
  ram: 'urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
} as const

export type Prefix = keyof typeof namespaces
