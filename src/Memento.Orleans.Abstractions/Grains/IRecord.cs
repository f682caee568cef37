namespace Memento;

/// <summary>
/// The record of one primary key as a grain. A method joins the caller's transaction. If there is
/// none, the method is a transaction of its own.
/// </summary>
/// <typeparam name="T">The record type.</typeparam>
[Alias("Memento.IRecord`1")]
public interface IRecord<T> : IGrainWithStringKey
    where T : class
{
    /// <summary>Reads the record; of a bag, the first.</summary>
    /// <returns>The record, or null where there is none.</returns>
    [Transaction(TransactionOption.Supported)]
    [Alias("ReadAsync")]
    Task<T?> ReadAsync();

    /// <summary>Writes the record.</summary>
    /// <param name="record">The record; its key is the grain's.</param>
    /// <returns>The record as written.</returns>
    /// <exception cref="ArgumentException">The record has another key.</exception>
    /// <exception cref="UniqueIndexException">
    /// Another record has the value of a unique index.
    /// </exception>
    [Transaction(TransactionOption.Supported)]
    [Alias("WriteAsync")]
    Task<T> WriteAsync(T record);

    /// <summary>Deletes the record.</summary>
    /// <returns>Whether it was there.</returns>
    [Transaction(TransactionOption.Supported)]
    [Alias("DeleteAsync")]
    Task<bool> DeleteAsync();
}
