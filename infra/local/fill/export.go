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

// fileKeys is how many keys lie in a file of an export.
const fileKeys = 5000

// Export writes files with all that a table holds of the tenants into the folder, as DynamoDB exports a table to S3. Stopped
// and called again with the same tenants, it writes the files that are missing. The client and the name are of an
// empty table, in which the stores make applications and Arxes.
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
	// What the stores have made comes last: an export that has it is whole.
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

// The files with items lie where an import looks for them.
func dataFolder(folder, name string) string { return filepath.Join(folder, "export", name, "data") }

const countsFolder = "counts"

// Source is the folder below that of an Export from which to import.
func Source(folder string) string { return filepath.Join(folder, "export") }

// asOf returns the time in the file, which it makes of the present where there is none.
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

// export writes the files of the tenant that are missing.
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

// file writes a file, and beside it what its keys are counted in, unless both are there.
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

// write writes a file of items, whole or not at all.
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

// plain returns the value as DynamoDB's JSON has it.
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
