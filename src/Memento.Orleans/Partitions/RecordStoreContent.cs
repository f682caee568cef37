using Memento.Collections;
using Memento.Tables;

namespace Memento.Partitions;

/// <summary>What a <see cref="RecordStore"/> had before it was cleared, to be put back.</summary>
internal sealed record RecordStoreContent(
    OrderedMap<StoredRecord>?[] Stores,
    OrderedMap<StoredRecord>?[] Entries,
    OrderedMap<StoredRecord>? Identities,
    IndexSet Indexes,
    long EstimatedSize);
