using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Memento.Queries;
using Memento.Queries.Orders;

namespace Memento.Transactions.Reading;

/// <summary>Reads pages, and goes on where the page before ended.</summary>
internal sealed class PageReader(QueryRunner runner, IPageKeys keys)
{
    /// <exception cref="InvalidContinuationException">
    /// The continuation does not belong to this query.
    /// </exception>
    public async ValueTask<Page<T>> ReadAsync<T>(
        QueryShape shape, int size, string? after, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        QueryShape ordered =
            shape with { Order = shape.Order ?? RecordOrder.ByKey(isDescending: false) };
        byte[] secret = await keys.GetAsync(cancellationToken).ConfigureAwait(false);
        byte[]? place = after is null ? null : Continuation.Read(secret, ordered, after);
        (List<T> items, byte[]? last) = await runner.PageAsync<T>(
            ordered, size, place, cancellationToken).ConfigureAwait(false);
        return new Page<T>(items, last is null ? null : Continuation.Write(secret, ordered, last));
    }
}

/// <summary>Gets the secret with which the cluster signs the continuations of pages.</summary>
internal interface IPageKeys
{
    /// <summary>The secret, the same in all processes and after every restart.</summary>
    ValueTask<byte[]> GetAsync(CancellationToken cancellationToken);
}

/// <summary>
/// The end of a page, as a text for callers: a version, a fingerprint of the query, the place in
/// the query's order, and a signature that only the cluster can make.
/// </summary>
internal static class Continuation
{
    private const byte Version = 1;
    private const int QueryLength = 8;
    private const int HeadLength = 1 + QueryLength;
    private const int CodeLength = 16;

    public static string Write(byte[] secret, QueryShape shape, ReadOnlySpan<byte> place)
    {
        byte[] bytes = new byte[HeadLength + place.Length + CodeLength];
        bytes[0] = Version;
        Fingerprint(shape).CopyTo(bytes.AsSpan(1));
        place.CopyTo(bytes.AsSpan(HeadLength));
        CodeOf(secret, bytes.AsSpan(..^CodeLength)).CopyTo(bytes.AsSpan(^CodeLength..));
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>The place in the query's order.</returns>
    /// <exception cref="InvalidContinuationException">
    /// The continuation was changed, or belongs to another query.
    /// </exception>
    public static byte[] Read(byte[] secret, QueryShape shape, string continuation)
    {
        if (!TryDecode(continuation, out byte[]? bytes)
            || !CryptographicOperations.FixedTimeEquals(
                CodeOf(secret, bytes.AsSpan(..^CodeLength)), bytes.AsSpan(^CodeLength..)))
        {
            throw new InvalidContinuationException(
                shape.Table.Name,
                "It was not made by this cluster, or was changed since. Pass the Next of a page as "
                + "it is, or start from the first page with null.");
        }

        if (bytes[0] != Version || !bytes.AsSpan(1, QueryLength).SequenceEqual(Fingerprint(shape)))
        {
            throw new InvalidContinuationException(
                shape.Table.Name,
                "It is of another query. Pass it with the table, the condition and the order of "
                + "the page that it came with, or start from the first page with null.");
        }

        return bytes[HeadLength..^CodeLength];
    }

    private static bool TryDecode(string continuation, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (!Base64Url.IsValid(continuation)) return false;

        bytes = Base64Url.DecodeFromChars(continuation);
        return bytes.Length >= HeadLength + CodeLength;
    }

    private static ReadOnlySpan<byte> CodeOf(byte[] secret, ReadOnlySpan<byte> bytes)
        => HMACSHA256.HashData(secret, bytes).AsSpan(0, CodeLength);

    /// <summary>
    /// The fingerprint of a query: a place in one order is not a place in another.
    /// </summary>
    private static ReadOnlySpan<byte> Fingerprint(QueryShape shape)
    {
        string head = $"{shape.Table.Name}\n{shape.Order?.Parts.Count} {shape.Order?.IsDescending} "
            + $"{shape.Order}\n";
        return SHA256.HashData([.. Encoding.UTF8.GetBytes(head), .. GuardWriter.Write(shape.Where)])
            .AsSpan(0, QueryLength);
    }
}
