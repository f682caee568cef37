using Memento.Hosting;

namespace Memento;

/// <summary>Adds Memento to a silo.</summary>
public static class MementoSiloBuilderExtensions
{
    /// <summary>
    /// Adds Memento to a silo: its tables, their storage, and <see cref="IMemento"/>. More calls
    /// add to the first one.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Registers tables and chooses the storage.</param>
    /// <returns>The silo builder.</returns>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    public static ISiloBuilder AddMemento(
        this ISiloBuilder builder, Action<IMementoBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        bool isFirst = MementoServices.Configure(builder.Services, configure);
        if (!isFirst) return builder;

        builder.UseTransactions();
        builder.AddStoreDirectory();
        builder.Services.AddMementoToSilo();
        return builder;
    }
}

/// <summary>Adds Memento to a client.</summary>
public static class MementoClientBuilderExtensions
{
    /// <summary>
    /// Adds Memento to a client: the tables that it uses, and <see cref="IMemento"/>. More calls
    /// add to the first one.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Registers the tables, as the silos do.</param>
    /// <returns>The client builder.</returns>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    public static IClientBuilder AddMemento(
        this IClientBuilder builder, Action<IMementoBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        bool isFirst = MementoServices.Configure(builder.Services, configure);
        if (!isFirst) return builder;

        builder.UseTransactions();
        builder.Services.AddMementoToClient();
        return builder;
    }
}
