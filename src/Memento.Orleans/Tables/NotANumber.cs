namespace Memento.Tables;

/// <summary>
/// NaN equals nothing: it is no key, and no unique index holds it. In an order it comes before
/// numbers.
/// </summary>
internal static class NotANumber
{
    /// <summary>Without boxing: for each T the compiler keeps one line of these or none.</summary>
    public static bool Is<T>(T value)
        where T : notnull
    {
        if (typeof(T) == typeof(double))
            return double.IsNaN((double)(object)value);
        if (typeof(T) == typeof(float))
            return float.IsNaN((float)(object)value);

        return false;
    }
}
