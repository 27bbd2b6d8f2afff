package api

// CatalogSort is the sort order of a list of applications or of Arxes. A leading minus means descending.
type CatalogSort string

// Sort orders of applications and of Arxes. Equal elements are sorted by creation time.
const (
	CatalogNewestFirst  CatalogSort = "-created_at"
	CatalogOldestFirst  CatalogSort = "created_at"
	CatalogByName       CatalogSort = "name"
	CatalogByNameBack   CatalogSort = "-name"
	CatalogByStatus     CatalogSort = "status" // active, disabled, archived or deleted
	CatalogByStatusBack CatalogSort = "-status"
)

func (s CatalogSort) check(c *check) {
	if s != "" {
		oneOf(c, "sort", s, CatalogNewestFirst, CatalogOldestFirst, CatalogByName, CatalogByNameBack, CatalogByStatus, CatalogByStatusBack)
	}
}
