using System.Globalization;
using System.Numerics;

namespace Memento.Tables.Documents;

/// <summary>Text that UTF-8 cannot hold would come back with U+FFFD in it.</summary>
internal sealed class TextCheck : ValueCheck<string?>
{
    public override RecordFault? Find(string? value, int depth, ref long size)
    {
        if (value is null)
        {
            size += DocumentBytes.Null;
            return null;
        }

        size += DocumentBytes.OfText(value.Length);
        return FindIn(value);
    }

    public static RecordFault? FindIn(ReadOnlySpan<char> text)
    {
        int index = Surrogates.FindUnpaired(text);
        return index < 0 ? null : new RecordFault(Surrogates.Reason(text, index));
    }
}

/// <inheritdoc cref="TextCheck"/>
internal sealed class LetterCheck : ValueCheck<char>
{
    public override RecordFault? Find(char value, int depth, ref long size)
    {
        size += DocumentBytes.OfText(1);
        return TextCheck.FindIn([value]);
    }
}

/// <summary>A URI is stored as its text, which must be read as the same URI everywhere.</summary>
internal sealed class UriCheck : ValueCheck<Uri?>
{
    public override RecordFault? Find(Uri? value, int depth, ref long size)
    {
        if (value is null)
        {
            size += DocumentBytes.Null;
            return null;
        }

        if (TextCheck.FindIn(value.OriginalString) is { } fault) return fault;

        string text = FaithfulUriConverter.TextOf(value);
        size += DocumentBytes.OfText(text.Length);
        return value.GetType() == typeof(Uri)
            && FaithfulUriConverter.TryParse(text, out Uri? back)
            && back.IsAbsoluteUri == value.IsAbsoluteUri && back.Equals(value)
                ? null
                : new RecordFault(
                    $"is '{value.OriginalString}', which would be read as another URI; keep it as "
                    + "a string");
    }
}

/// <summary>A local time is stored with its offset from UTC.</summary>
internal sealed class TimeCheck : ValueCheck<DateTime>
{
    private static readonly long Bytes = DocumentBytes.OfAny(typeof(DateTime))!.Value;

    public override RecordFault? Find(DateTime value, int depth, ref long size)
    {
        size += Bytes;
        return value.Kind != DateTimeKind.Local || value.ToUniversalTime().ToLocalTime() == value
            ? null
            : new RecordFault(string.Create(
                CultureInfo.InvariantCulture,
                $"is the local time {value:O}, which the time zone of this machine does not have; "
                + $"use a time in UTC"));
    }
}

/// <summary>
/// JSON can have a number as a dictionary key only if it has digits. It takes as many bytes as any
/// other value.
/// </summary>
internal sealed class RealKeyCheck<T> : ValueCheck<T>
    where T : INumberBase<T>
{
    public override RecordFault? Find(T value, int depth, ref long size)
        => T.IsFinite(value)
            ? null
            : new RecordFault(
                $"is {value}, which cannot be the name of a JSON property; leave it out");
}
