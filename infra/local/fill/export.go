package fill

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/infra/local/private"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// fileKeys is the number of keys in a file of an export.
const fileKeys = 5000

// Export writes all items of the tenants to files in the folder, in the format in which DynamoDB exports a table to
// S3. If it is stopped and called again with the same tenants, it writes the missing files. The client and the name
// are those of an empty table, in which the stores create applications and Arxes.
func Export(ctx context.Context, client *dynamodb.Client, name, folder string, tenants ...Tenant) error {
	for _, sub := range []string{dataFolder(folder, name), filepath.Join(folder, countsFolder)} {
		if err := private.Folder(sub); err != nil {
			return err
		}
	}
	now, err := asOf(filepath.Join(folder, "as-of"))
	if err != nil {
		return err
	}
	for _, t := range tenants {
		if t.Progress == nil {
			t.Progress = func(int) {}
		}
		t.Now = now
		f := &filling{Tenant: t, db: table.New(client, name), counted: counts{}}
		if err := f.parents(ctx); err != nil {
			return fmt.Errorf("export tenant %s: %w", t.Name, err)
		}
		if err := f.export(ctx, folder, name); err != nil {
			return fmt.Errorf("export tenant %s: %w", t.Name, err)
		}
	}
	// The items that the stores created come last: an export that has them is complete.
	var made []table.Item
	pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: &name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			made = append(made, item)
		}
	}
	return write(filepath.Join(dataFolder(folder, name), "parents.json.gz"), made)
}

// dataFolder returns the folder in which an import expects the files with items.
func dataFolder(folder, name string) string { return filepath.Join(folder, "export", name, "data") }

const countsFolder = "counts"

// Source returns the folder to import from, inside the folder of an Export.
func Source(folder string) string { return filepath.Join(folder, "export") }

// asOf returns the time in the file. If there is no file, it writes the current time to it.
func asOf(file string) (time.Time, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(time.Now().UTC().Format(time.RFC3339))
		err = private.Write(file, text)
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, string(text))
}

// export writes the missing files of the tenant.
func (f *filling) export(ctx context.Context, folder, name string) error {
	group, each := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for from := 0; from < f.Keys && each.Err() == nil; from += fileKeys {
		group.Go(func() error { return f.file(each, folder, name, from, min(from+fileKeys, f.Keys)) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return write(filepath.Join(dataFolder(folder, name), f.Name+".json.gz"), f.rest())
}

// file writes a file, and another file with the counts of its keys, unless both exist.
func (f *filling) file(ctx context.Context, folder, name string, from, to int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	base := fmt.Sprintf("%s-%08d", f.Name, from)
	data, beside := filepath.Join(dataFolder(folder, name), base+".json.gz"), filepath.Join(folder, countsFolder, base+".json")
	var counted counts
	_, err := os.Stat(data)
	switch {
	case err == nil:
		text, err := os.ReadFile(beside)
		if err == nil {
			err = json.Unmarshal(text, &counted)
		}
		if err != nil {
			return err
		}
	case errors.Is(err, fs.ErrNotExist):
		var items []table.Item
		var last table.Item
		if items, last, counted, err = f.keys(from, to); err != nil {
			return err
		}
		text, err := json.Marshal(counted)
		if err == nil {
			err = private.Write(beside, text)
		}
		if err == nil {
			err = write(data, append(items, last))
		}
		if err != nil {
			return err
		}
	default:
		return err
	}
	f.came(to-from, counted)
	return nil
}

// write writes a file of items atomically.
func write(file string, items []table.Item) error {
	next := file + ".next"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return err
	}
	lines := bufio.NewWriter(z)
	encoder := json.NewEncoder(lines)
	encoder.SetEscapeHTML(false)
	for _, item := range items {
		line := struct{ Item map[string]any }{map[string]any{}}
		for attribute, value := range item {
			if line.Item[attribute], err = plain(value); err != nil {
				return err
			}
		}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	if err := errors.Join(lines.Flush(), z.Close(), f.Close()); err != nil {
		return err
	}
	return os.Rename(next, file)
}

// plain returns the value in DynamoDB's JSON.
func plain(value types.AttributeValue) (any, error) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return map[string]string{"S": v.Value}, nil
	case *types.AttributeValueMemberN:
		return map[string]string{"N": v.Value}, nil
	case *types.AttributeValueMemberB:
		return map[string][]byte{"B": v.Value}, nil
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, e := range v.Value {
			var err error
			if list[i], err = plain(e); err != nil {
				return nil, err
			}
		}
		return map[string][]any{"L": list}, nil
	}
	return nil, fmt.Errorf("an attribute is a %T, which no store writes", value)
}
