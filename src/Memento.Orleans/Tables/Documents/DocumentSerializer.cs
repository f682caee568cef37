using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// Writes the records of one table as documents, JSON in UTF-8, reads them, and finds records that
/// would not come back.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1031:Do not catch general exception types",
    Justification = "A record's own accessors, constructor and converters may throw anything.")]
internal sealed class DocumentSerializer<T>
    where T : class
{
    private readonly JsonTypeInfo<T> _typeInfo =
        (JsonTypeInfo<T>)DocumentFormat.Options.GetTypeInfo(typeof(T));

    private readonly string _table;
    private readonly ValueCheck<T>? _check;
    private readonly long _mostBytes;
    private readonly bool _needsRoundTrip;

    public DocumentSerializer(string table)
    {
        _table = table;
        var checks = new ValueChecks(typeof(T));
        _check = checks.For<T>();
        _mostBytes = checks.BytesOf(typeof(T));
        _needsRoundTrip = checks.NeedsRoundTrip;
    }

    /// <summary>
    /// Checks that a record comes back equal from its document, and that the document is not too
    /// long.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="addsNumber">
    /// Whether the record will get a number, which makes it longer.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The record would not come back; the message says what is wrong, and where.
    /// </exception>
    public void Check(T record, bool addsNumber = false)
    {
        int added = addsNumber ? DocumentBytes.Number : 0;

        // The length matters only for a large record. Most tables in ram never need it.
        RecordFault? fault = Find(record, out long most)
            ?? (most + added > DocumentFormat.MaxBytes ? FindExcess(record, added) : null)
            ?? (_needsRoundTrip ? FindChange(record, added) : null);
        if (fault is not null) throw Refusal(record, fault.ToString(), inner: null);
    }

    /// <exception cref="ArgumentException">
    /// The record has a value that a document cannot have.
    /// </exception>
    public byte[] Serialize(T record)
    {
        byte[] document;
        try
        {
            // Its buffers and its writer are cached for each thread; only the result is allocated.
            document = JsonSerializer.SerializeToUtf8Bytes(record, _typeInfo);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Refusal(
                record, (Find(record, out _) ?? Reason(record, exception)).ToString(), exception);
        }

        return Excess(document.Length) is { } excess
            ? throw Refusal(record, excess.ToString(), inner: null)
            : document;
    }

    /// <exception cref="JsonException">The bytes are not a document of this table.</exception>
    public T Deserialize(ReadOnlySpan<byte> document)
        => JsonSerializer.Deserialize(document, _typeInfo)
            ?? throw new JsonException($"A document of table '{_table}' is null.");

    private static RecordFault? Excess(long length)
        => length <= DocumentFormat.MaxBytes
            ? null
            : new RecordFault(string.Create(
                CultureInfo.InvariantCulture,
                $"takes {length:N0} bytes, and may take {DocumentFormat.MaxBytes:N0}; keep its "
                + $"parts as records of their own"));

    private RecordFault? FindExcess(T record, int added)
    {
        try
        {
            return Excess(DocumentLength.Of(record, _typeInfo) + added);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Reason(record, exception);
        }
    }

    private RecordFault? Find(T record, out long size)
    {
        size = _mostBytes;
        try
        {
            return _check?.Find(record, depth: 0, ref size);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The failure is in an iterator or a comparer of the application; failing getters are
            // handled elsewhere.
            return Reason(record, exception);
        }
    }

    /// <summary>
    /// The store trusts what code of the application writes, and checks that it reads the same
    /// again.
    /// </summary>
    private RecordFault? FindChange(T record, int added)
    {
        try
        {
            byte[] document = JsonSerializer.SerializeToUtf8Bytes(record, _typeInfo);
            if (Excess(document.Length + added) is { } excess) return excess;

            byte[] again = JsonSerializer.SerializeToUtf8Bytes(Deserialize(document), _typeInfo);
            return again.AsSpan().SequenceEqual(document)
                ? null
                : new RecordFault(
                    "would be another value when it is read again, because its constructor, "
                    + "accessors or converter change it; let them keep what they are given")
                    .In(DocumentDifference.PathOf(document, again));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Reason(record, exception);
        }
    }

    private RecordFault Reason(T record, Exception exception)
    {
        string path = (exception as JsonException)?.Path?.TrimStart('$', '.')
            ?? UnfinishedDocument.PathOf(record, _typeInfo);
        return new RecordFault($"cannot be written as JSON and read again: {exception.Message}")
            .In(path);
    }

    private ArgumentException Refusal(T record, string fault, Exception? inner)
        => new(
            $"A record of table '{_table}' cannot be stored as JSON: {fault}.",
            nameof(record),
            inner);
}
